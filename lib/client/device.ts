/**
 * What this device is called, and where its user is at home.
 *
 * @module
 */

import { realPathOf } from "../peer/share/place.ts";
import { deviceOf } from "../protocol/device.ts";
import { homeFolder } from "./settings/config_path.ts";

/** The name of this device, if the system tells it. */
export function thisDevice(): string | undefined {
  try {
    return deviceOf(Deno.hostname());
  } catch {
    return undefined;
  }
}

/** The home folder without links, if there is one. */
export function realHomeFolder(): string | undefined {
  const home = homeFolder({ os: Deno.build.os, env: (name) => Deno.env.get(name) });
  return home === undefined ? undefined : realPathOf(home);
}
