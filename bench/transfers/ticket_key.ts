/**
 * What the sealed sources of the bench share with the index that it does without.
 *
 * @module
 */

/** Seals every ticket of the bench. */
export const TICKET_KEY = new Uint8Array(32).fill(7);
