/**
 * The short way to a small file: asked of one source, verified in memory, then written at once. It
 * takes a third of the disk operations of a {@linkcode download}, which takes over whenever something
 * stands in the way.
 *
 * @module
 */

import { lstat } from "node:fs/promises";
import { withTimeout } from "../../async/with_timeout.ts";
import { BitTrickleError } from "../../errors.ts";
import { isPieceOf } from "../../protocol/merkle.ts";
import { type FileState, stateFrom } from "../share/file_state.ts";
import { lstatIfThere } from "../share/inode.ts";
import type { ConnectionPool, SealedSource } from "./connection_pool.ts";
import type { DownloadOptions, Fetched } from "./download_setting.ts";
import { LockedFile } from "./locked_file.ts";
import { PartCopies } from "./part_copies.ts";
import type { Wanted } from "./piece_file.ts";
import type { Target } from "./target.ts";

/** The largest small file: what is received in memory before it is written, of many at once. */
const SMALL_FILE_BYTES = 64 * 1_024;

/** How long a source may bring nothing, in milliseconds. */
const STILL_MS = 1_000;

/** How long a source is left alone then, in milliseconds. */
const SLOW_MS = 2_000;

/** Which file is fetched, and where it goes. */
export interface SmallFile {
  readonly wanted: Wanted;
  readonly target: Target;
  readonly connections: ConnectionPool;
}

/**
 * Fetches the file if it is small and one of `sources` brings it. Returns nothing if something stands
 * in the way: then nothing has changed, and a download finds out what it is.
 */
export async function fetchSmall(
  setting: SmallFile,
  sources: readonly SealedSource[],
  options: DownloadOptions,
): Promise<Fetched<FileState> | undefined> {
  const { size, id } = setting.wanted;
  const [source] = sources;
  if (!source || size === 0 || size > SMALL_FILE_BYTES) return undefined;
  const layer = Uint8Array.fromHex(id);
  const path = new PartCopies(setting.target, setting.wanted).paths[0]!;
  try {
    // What an earlier try left may be all of it.
    if (await lstatIfThere(path)) return undefined;
    const content = await receive(setting, source, options.signal);
    if (!content || !isPieceOf(layer, size, 0, content)) return undefined;
    const state = await write(setting.target, path, content, options.force ?? false);
    if (!state) return undefined;
    options.onProgress?.(size, size);
    return { layer, users: [source.user], kept: 0, result: state };
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

/**
 * Writes the part file at `path` and gives it the final name. Returns nothing if another is there.
 *
 * @throws {BitTrickleError} `exists` or `disk`
 */
async function write(
  target: Target,
  path: string,
  content: Uint8Array,
  force: boolean,
): Promise<FileState | undefined> {
  await target.makeFolders();
  let part: LockedFile | undefined;
  try {
    part = await LockedFile.tryCreate(path);
    if (!part) return undefined;
    for (let done = 0; done < content.length;) {
      done += await part.file.write(content.subarray(done));
    }
    await part.file.syncData();
    await target.take(path, part.inode, force);
    return stateFrom(await lstat(target.path, { bigint: true }));
  } catch (cause) {
    await part?.remove();
    throw cause instanceof BitTrickleError ? cause : target.diskError(cause);
  } finally {
    part?.[Symbol.dispose]();
  }
}
