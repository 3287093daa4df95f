/**
 * The short way to a small file: asked of one source, then verified and written by a thread, many
 * files at once. A {@linkcode download} takes over whenever something stands in the way.
 *
 * @module
 */

import { withTimeout } from "../../async/with_timeout.ts";
import { BitTrickleError } from "../../errors.ts";
import type { FileState } from "../share/file_state.ts";
import { SMALL_FILE_BYTES } from "../share/read_small.ts";
import type { ConnectionPool, SealedSource } from "./connection_pool.ts";
import type { DownloadOptions, Fetched } from "./download_setting.ts";
import type { Wanted } from "./piece_file.ts";
import type { SmallDisk } from "./small_disk_thread.ts";

/** How long a source may bring nothing, in milliseconds. */
const STILL_MS = 1_000;

/** How long a source is left alone then, in milliseconds. */
const SLOW_MS = 2_000;

/** Whether a file of `size` bytes is fetched the short way. */
export function isSmall(size: number): boolean {
  return size > 0 && size <= SMALL_FILE_BYTES;
}

/** Which file is fetched, and where it goes. */
export interface SmallFile {
  readonly wanted: Wanted;
  /** The shared folder. */
  readonly folder: string;
  readonly name: string;
  readonly connections: ConnectionPool;
  readonly disk: SmallDisk;
}

/**
 * Fetches the file, of which nothing is there yet, if one of `sources` brings it. Returns nothing if
 * something stands in the way: then nothing has changed, and a download finds out what it is.
 */
export async function fetchSmall(
  setting: SmallFile,
  sources: readonly SealedSource[],
  options: DownloadOptions,
): Promise<Fetched<FileState> | undefined> {
  const { wanted, folder, name, disk } = setting;
  const [source] = sources;
  if (!source) return undefined;
  try {
    const content = await receive(setting, source, options.signal);
    if (!content) return undefined;
    const { id, size } = wanted;
    const place = { folder, name, wanted: { id, size } };
    // A message takes along all of the buffer that a part of is sent.
    const own = new Uint8Array(content);
    const state = await disk.do({ kind: "write", ...place, content: own });
    if (typeof state === "string") return undefined;
    const there = { bytes: size, total: size, kept: 0, sources: 1 };
    options.onProgress?.({ phase: "downloading", ...there });
    return { layer: Uint8Array.fromHex(id), users: [source.user], kept: 0, result: state };
  } catch (error) {
    if (error instanceof BitTrickleError) return undefined;
    throw error;
  }
}

/**
 * What the source sends. Requests for many files are on their way over each connection. A source that
 * is slow, or has a queue, is left to downloads for a while: they know whom else to ask, and how long.
 */
async function receive(
  { wanted, connections }: SmallFile,
  source: SealedSource,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  if (connections.isSlow(source)) return undefined;
  const connection = await withTimeout(connections.connectInTurn(source), STILL_MS, signal);
  let isQueued = false;
  const receiving = connection?.piece(0, wanted.size, source.pass.ticket, {
    onQueued: () => isQueued = true, // Perhaps for a moment only.
    onTurn: () => isQueued = false,
  });
  for (let before = -1; connection && connection.received > before;) {
    before = connection.received;
    const content = await withTimeout(receiving!, STILL_MS, signal);
    if (content) return content;
    if (isQueued || connections.isSlow(source)) break;
  }
  connections.leaveFor(source, SLOW_MS);
}
