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
