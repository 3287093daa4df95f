/**
 * The users of the request benchmark, whom the server knows from a file made for it.
 *
 * @module
 */

/** Requests on the way at any time: one from each of as many users. */
export const ASKERS = 64;

/** Publishes the file that the others ask for. */
export const PUBLISHER = "publisher";

/** What everybody asks for. */
export const FILE = "some-file.txt";

/** Where everybody claims to serve files. */
export const SOURCE_PORT = 40_000;

/** Everybody's. */
export const PASSWORD = "bench-only";

/** The user who asks at socket `i`. */
export function askerName(i: number): string {
  return `asker${i}`;
}

/** The credentials file of these and `others`. */
export function credentialsText(others: readonly string[] = []): string {
  const users = [PUBLISHER, ...Array.from({ length: ASKERS }, (_, i) => askerName(i)), ...others];
  return users.map((user) => `${user} ${PASSWORD}\n`).join("");
}
