/**
 * Reading small published files with synchronous calls, each of which costs a small part of an
 * asynchronous one. So it is for a thread that nobody else waits for.
 *
 * @module
 */

import { closeSync, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { type FileState, isSameState, stateFrom } from "./file_state.ts";
import { SAFELY } from "./shared_folder.ts";

/**
 * The largest small file, in bytes: of a tree, many are received in memory before they are written,
 * and each is read at once by whoever sends it.
 */
export const SMALL_FILE_BYTES = 64 * 1_024;

/** A file that has been published. */
export interface SmallRead {
  /** The shared folder. */
  readonly folder: string;
  readonly name: string;
  /** What it was like when it was hashed. */
  readonly state: FileState;
}

/** The content of a file, or nothing if it is not what it was, or anything stands in the way. */
export type SmallContent = Uint8Array | undefined;

/** Reads files. Who opens one that cannot be read as usual is told why not. */
export function readSmallFiles(jobs: readonly SmallRead[]): Promise<SmallContent[]> {
  return Promise.resolve(jobs.map((job) => {
    try {
      return read(job);
    } catch {
      return undefined;
    }
  }));
}

function read({ folder, name, state }: SmallRead): SmallContent {
  const path = join(folder, name);
  if (!isInRealFolders(path, folder)) return undefined;
  // The permission that a client has makes Deno follow links whatever the flags say.
  const named = lstatSync(path);
  if (!named.isFile() || named.size !== state.size) return undefined;
  const file = openSync(path, SAFELY);
  try {
    if (fstatSync(file).dev !== named.dev) return undefined;
    const content = readWhole(file, state.size);
    if (!content) return undefined;
    const now = stateFrom(fstatSync(file, { bigint: true }));
    return isSameState(now, state) ? content : undefined;
  } finally {
    closeSync(file);
  }
}

/** All `size` bytes of an open file; nothing if it has fewer. */
export function readWhole(file: number, size: number): Uint8Array<ArrayBuffer> | undefined {
  const content = new Uint8Array(size);
  for (let done = 0; done < size;) {
    const length = readSync(file, content, done, size - done, done);
    if (length === 0) return undefined;
    done += length;
  }
  return content;
}

/**
 * Whether no folder between `path` and `root` is a link: what is reached through one is not shared.
 *
 * @param known What was found of folders a moment ago, and is added to. @default nothing
 */
export function isInRealFolders(
  path: string,
  root: string,
  known: Map<string, boolean> = new Map(),
): boolean {
  const above = dirname(path);
  if (above.length <= root.length) return true;
  const isReal = known.get(above) ??
    (lstatSync(above).isDirectory() && isInRealFolders(above, root, known));
  known.set(above, isReal);
  return isReal;
}
