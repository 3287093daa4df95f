/**
 * Limits of swarms: of downloaders that pass on to each other what they have of a file.
 *
 * @module
 */

/** Pieces whose bits are asked for at once: a record of 32 KiB covers a file of 256 GiB. */
export const BITMAP_PIECES = 262_144;

/**
 * Pieces that a downloader offers a source to choose from: enough that the source finds one that it
 * has sent to nobody, and few enough for a short request.
 */
export const CHOICE_PIECES = 64;

/**
 * Pieces from which on a file is passed on while it is fetched: for fewer, finding each other takes
 * longer than it saves.
 */
export const LEAST_SWARM_PIECES = 4;

/** Contents that a session may have in part at once. More are not named to others. */
export const UNFINISHED_PER_SESSION = 16;

/**
 * How long the index believes a session that it has a file in part, in milliseconds. It is told again
 * with every search for sources.
 */
export const UNFINISHED_MS = 30_000;
