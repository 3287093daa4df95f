/**
 * The mark of a restore that is not through: until it is, the files of an index do not belong together.
 *
 * @module
 */

import { isThereSync } from "../files/is_there.ts";
import { realPathOfSync } from "../files/real_path.ts";
import { unusable } from "./disk_fault.ts";

/** Where the data file waits that a restore puts in the place of the one at `data` at its end. */
export function restoreMarkOf(data: string): string {
  return `${data}.restoring`;
}

/**
 * Makes sure that no restore has left off half-way with the data file at `path`.
 *
 * @throws {BitTrickleError} `disk`
 */
export function assertRestored(path: string): void {
  if (!isThereSync(restoreMarkOf(realPathOfSync(path)))) return;
  const reason = "a restore of it is under way, or was cut off";
  throw unusable(path, { reason, advice: "Run that restore again, with --force" });
}
