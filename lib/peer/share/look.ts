/**
 * Looking at many files, and hashing the small ones, with synchronous calls, each of which costs a
 * small part of an asynchronous one. So it is for a thread that nobody else waits for.
 *
 * @module
 */

import { join } from "node:path";
import { type BigIntStats, closeSync, fstatSync, lstatSync, openSync } from "node:fs";
import { hashPiece, idOf, pieceCount } from "../../protocol/merkle.ts";
import { formatState, isSameState, stateFrom } from "./file_state.ts";
import type { Identity } from "./identity.ts";
import { isInRealFolders, readWhole, SMALL_FILE_BYTES } from "./read_small.ts";
import { SAFELY } from "./shared_folder.ts";

/** A file to look at. */
export interface LookJob {
  /** The shared folder. */
  readonly folder: string;
  readonly name: string;
  /** What it was like when it was hashed, see {@linkcode formatState}, if it was. */
  readonly known: string | undefined;
  /** Whether it is hashed, if it is small and not what is known. */
  readonly isHashed: boolean;
}

/**
 * What a file is: the same as before, another one, or of unknown identity because it was not hashed.
 * Nothing is told where anything stands in the way.
 */
export type Look = "same" | "other" | Identity | undefined;

/** Looks at files. Who needs to know why one cannot be shared opens it as usual. */
export function lookAtFiles(jobs: readonly LookJob[]): Promise<Look[]> {
  const folders = new Map<string, boolean>();
  return Promise.resolve(jobs.map((job) => {
    try {
      return lookAt(job, folders);
    } catch {
      return undefined;
    }
  }));
}

/** @param folders Whether each was a real one a moment ago */
function lookAt({ folder, name, known, isHashed }: LookJob, folders: Map<string, boolean>): Look {
  const path = join(folder, name);
  if (!isInRealFolders(path, folder, folders)) return undefined;
  const status = lstatSync(path, { bigint: true });
  if (!status.isFile()) return undefined;
  if (formatState(stateFrom(status)) === known) return "same";
  return isHashed && status.size <= SMALL_FILE_BYTES ? hash(path, status) : "other";
}

/** @param named What was found under the name, which has to be what is opened */
function hash(path: string, named: BigIntStats): Look {
  const file = openSync(path, SAFELY);
  try {
    const before = fstatSync(file, { bigint: true });
    if (before.ino !== named.ino || before.dev !== named.dev) return undefined;
    const state = stateFrom(before);
    const content = readWhole(file, state.size);
    const isStill = content && isSameState(stateFrom(fstatSync(file, { bigint: true })), state);
    if (!isStill) return undefined;
    // A copy, so that not all of what it may be a part of goes to another thread.
    const layer = Uint8Array.from(pieceCount(state.size) === 0 ? [] : hashPiece(content, true));
    return { id: idOf(layer), layer, state };
  } finally {
    closeSync(file);
  }
}
