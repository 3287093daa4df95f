import { assertEquals } from "@std/assert";
import { configPath } from "../../../lib/client/settings/config_path.ts";
import { surroundings } from "../../support/surroundings.ts";

type System = Parameters<typeof surroundings>[0];

const CASES: readonly (readonly [name: string, system: System, path: string | undefined])[] = [
  ["Linux", { env: { HOME: "/home/hans" } }, "/home/hans/.config/bittrickle/config.toml"],
  ["XDG_CONFIG_HOME", { env: { HOME: "/h", XDG_CONFIG_HOME: "/x" } }, "/x/bittrickle/config.toml"],
  [
    "a relative XDG_CONFIG_HOME, which does not count",
    { env: { HOME: "/h", XDG_CONFIG_HOME: "x" } },
    "/h/.config/bittrickle/config.toml",
  ],
  [
    "macOS",
    { os: "darwin", env: { HOME: "/Users/hans" } },
    "/Users/hans/Library/Application Support/BitTrickle/config.toml",
  ],
  ["Windows", { os: "windows", env: { APPDATA: "/App" } }, "/App/BitTrickle/config.toml"],
  ["nobody at home", { env: { HOME: "", XDG_CONFIG_HOME: "" } }, undefined],
];

for (const [name, system, path] of CASES) {
  Deno.test({ name: `the configuration of ${name} is in its place`, permissions: "none" }, () => {
    assertEquals(configPath(surroundings(system)), path);
  });
}
