/**
 * The mark of a restore that is not through: until it is, the files of an index do not belong together.
 *
 * @module
 */

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
  if (!isThere(restoreMarkOf(realPathOf(path)))) return;
  const reason = "a restore of it is under way, or was cut off";
  throw unusable(path, { reason, advice: "Run that restore again, with --force" });
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function realPathOf(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path; // It is yet to be made.
  }
}
