/**
 * Which names are the client's own, which it keeps for itself.
 *
 * @module
 */

/** Why such a file is not shared. */
export const OWN = "this client keeps it for itself: a password, or what it remembers";

/** Whether `name` is one of `own`, or below; all are below the empty name. */
export function isOwn(own: readonly string[], name: string): boolean {
  return own.some((it) => it === "" || name === it || name.startsWith(`${it}/`));
}
