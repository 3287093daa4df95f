/**
 * Limits of downloads: how many connections they have, and what they wait for.
 *
 * @module
 */

/** Connections of one download at once: enough to keep disk, cipher and network busy together. */
export const DOWNLOAD_CONNECTIONS = 4;

/** The same when there are many sources, each with a connection. */
export const MOST_DOWNLOAD_CONNECTIONS = 16;

/**
 * How long a download goes on in which nothing comes while nobody is there who has it, or while the
 * index does not answer: longer than anybody takes to start a machine again.
 */
export const DOWNLOAD_PATIENCE_MS = 300_000;

/**
 * How long it goes on while there are sources that bring nothing: three or four tries of each that
 * takes a connection and is silent.
 */
export const SOURCES_PATIENCE_MS = 60_000;

/** How long a place in a source's queue may stay the same: those before get a piece each meanwhile. */
export const QUEUE_PATIENCE_MS = 300_000;

/** How long all may wait in queues in which they move on, without a single piece. */
export const QUEUED_MS = 3_600_000;

/** How long pieces may be on their way without one that arrives: 17 min at {@linkcode SLOWEST_RATE}. */
export const SENDING_PATIENCE_MS = 1_200_000;

/** How long one file of a tree of which nothing comes may hold up the others. */
export const TREE_TURN_MS = 5_000;

/** How often a download asks the index for more sources while it goes on, or waits in a queue. */
export const FIND_SOURCES_MS = 5_000;

/** How often it does while nothing comes. */
export const FIND_LOST_MS = 1_000;

/** How long the index may take for an answer before it counts as silent. */
export const SILENT_INDEX_MS = 2_000;

/** How long a source that was lost is left alone; twice as long each time. */
export const LOST_SOURCE_MS = { first: 1_000, longest: 4_000 } as const;

/**
 * How long connections may bring nothing when their source has come back or moved, or this machine has:
 * what the network lost is sent again much later than by a new connection, or never.
 */
export const BACK_MS = 1_500;

/** Times that one `get` goes on with a new content, because its file was changed meanwhile. */
export const MOST_REPLACED = 10;

/** How often a source hashes a file again because a downloader says that a piece is bad. */
export const HASH_AGAIN_MS = 60_000;

/** Times a download asks the index for a source before it fails. */
export const DOWNLOAD_TRIES = 3;
