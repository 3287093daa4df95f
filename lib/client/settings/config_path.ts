/**
 * Where the configuration file is, by the custom of each system.
 *
 * @module
 */

import { isAbsolute, join } from "node:path";

/** What of the system decides where files are. */
export interface System {
  readonly os: typeof Deno.build.os;
  /** The value of a variable of the environment. */
  env(name: string): string | undefined;
}

const FILE = "config.toml";

/** The path of the configuration file, which need not be there; `undefined` if homeless. */
export function configPath({ os, env }: System): string | undefined {
  const xdg = env("XDG_CONFIG_HOME") ?? "";
  // By its specification a relative path there is to be ignored.
  if (isAbsolute(xdg)) return join(xdg, "bittrickle", FILE);
  const [base, ...folders] = placeOn(os, env);
  return base ? join(base, ...folders, FILE) : undefined;
}

function placeOn(os: System["os"], env: System["env"]): [string | undefined, ...string[]] {
  if (os === "windows") return [env("APPDATA"), "BitTrickle"];
  if (os === "darwin") return [env("HOME"), "Library", "Application Support", "BitTrickle"];
  return [env("HOME"), ".config", "bittrickle"];
}

/** The folder that `~` stands for. */
export function homeFolder({ os, env }: System): string | undefined {
  return env(os === "windows" ? "USERPROFILE" : "HOME") || undefined;
}
