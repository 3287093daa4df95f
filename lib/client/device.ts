/**
 * What this device is called, and where its user is at home.
 *
 * @module
 */

import { realPathOf } from "../peer/share/place.ts";
import { deviceOf } from "../protocol/device.ts";

/** The name of this device, if the system tells it. */
export function thisDevice(): string | undefined {
  try {
    return deviceOf(Deno.hostname());
  } catch {
    return undefined;
  }
}

/** The home folder without links, if there is one. */
export function homeFolder(): string | undefined {
  const home = Deno.env.get("HOME") ?? "";
  return home === "" ? undefined : realPathOf(home);
}
