/**
 * Limits of clients and hosts that have several addresses.
 *
 * @module
 */

/**
 * How long a client's second address is told to others after its last proof, and how often the client
 * proves it, in milliseconds: one that is gone is tried in vain for a while, beside the other.
 */
export const OTHER_ADDRESS_MS = 90_000;
export const OTHER_ADDRESS_PROOF_MS = 30_000;

/** Head start of one address of a host before the next (RFC 8305 section 5), in milliseconds. */
export const HEAD_START_MS = 250;

/**
 * The same for one that has asked for a proof of the address, and owes an answer to the login, in milliseconds: as
 * long as a busy server takes for a hundred logins.
 */
export const ANSWERED_START_MS = 1_000;

/** Servers of one index that a client is told: more than anybody runs, and all are tried in 2 s. */
export const SERVERS_PER_INDEX = 8;

/**
 * How long the server of a session may be silent before a client looks for another one of the same
 * index, in milliseconds, at random between the two so that not all of its clients do so at once. With
 * the time between two heartbeats before it and a login after it, less than 6 s; and long enough for
 * ten messages over a network that loses many.
 */
export const SUSPECT_MS = { least: 1_200, most: 2_200 } as const;

/**
 * Within which time clients of an index with several servers log in again whose server has ended their
 * sessions, which it does to all of them at once, in milliseconds.
 */
export const SPREAD_MS = 1_000;
