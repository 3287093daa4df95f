/**
 * Shares: one folder on one device from which a user serves, known by 64 random bits that its client
 * makes once and keeps.
 *
 * @module
 */

/** Hexadecimal digits of a share's name. */
export const SHARE_DIGITS = 16;

/**
 * The share of what was published in protocol 1, which knows none, and by the versions before there
 * were any.
 */
export const PLAIN_SHARE: string = "0".repeat(SHARE_DIGITS);

/**
 * Shares with publications of one user: a few for each of as many devices as can be active, and few
 * enough to be gone through for each search.
 */
export const SHARES_PER_USER = 32;

/** Active sessions of one user in protocol 2: a person's devices, and some scripts on each. */
export const SESSIONS_PER_USER = 8;

const SHARE = /^[0-9a-f]{16}$/;

/** Whether `text` can be the name of a share. */
export function isShare(text: string): boolean {
  return SHARE.test(text);
}
