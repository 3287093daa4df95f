/**
 * What is done on the disk for small files of a tree, many at once: with synchronous calls, each of
 * which costs a small part of an asynchronous one. So it is for a thread that nobody else waits for.
 *
 * @module
 */

import { type BigIntStats, lstatSync } from "node:fs";
import { dirname } from "node:path";
import type { ContentKey } from "../../protocol/content.ts";
import { isPieceOf } from "../../protocol/merkle.ts";
import { type FileState, stateFrom } from "../share/file_state.ts";
import { removeIfStillSync } from "../share/inode.ts";
import { syncFolder } from "./folder_sync.ts";
import { LockedFile } from "./locked_file.ts";
import { PartCopies } from "./part_copies.ts";
import { Target } from "./target.ts";

/** A file of a tree. */
interface Place {
  /** The shared folder. */
  readonly folder: string;
  readonly name: string;
  /** What it is, or shall be. */
  readonly wanted: ContentKey;
}

/** Looks what there is. */
export interface Look extends Place {
  readonly kind: "look";
}

/** Writes a file. */
export interface Write extends Place {
  readonly kind: "write";
  readonly content: Uint8Array;
}

/** What shall be done for one file. */
export type SmallJob = Look | Write;

/**
 * What a file is like that is there, or has been written. `free` if a look found nothing, not even
 * what an earlier try left; `other` for whatever else there is, or stands in the way.
 */
export type SmallResult = FileState | "free" | "other";

/**
 * Does all `jobs`. A file is written as a download does it: into a part file that nobody else has,
 * on the disk before it gets its name, which replaces nothing. Where that fails, nothing has changed.
 */
export async function workOnSmallFiles(jobs: readonly SmallJob[]): Promise<SmallResult[]> {
  const folders = new Set<string>();
  const parts = jobs.map((job) => job.kind === "write" ? tryTo(() => begin(job, folders)) : job);
  // What the disk writes at the same time costs it one commit.
  await Promise.all(parts.map((part) => part instanceof Part ? part.sync() : undefined));
  const results = parts.map((part) => {
    if (part instanceof Part) return part.finish();
    return part && tryTo(() => look(part)) || "other";
  });
  await Promise.all(foldersOf(parts).map(syncFolder));
  return results;
}

function tryTo<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    // A download comes to the same, and tells what it is.
  }
}

function look({ folder, name, wanted }: Place): SmallResult {
  const target = new Target(folder, name);
  const there = statusOf(target.path);
  if (!there) return statusOf(new PartCopies(target, wanted).first) ? "other" : "free";
  const isReal = target.folders.every((path) => statusOf(path)?.isDirectory());
  return isReal && there.isFile() ? stateFrom(there) : "other";
}

function statusOf(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

/** Nothing if the content is not what it should be, or somebody is at work on it. */
function begin({ folder, name, wanted, content }: Write, folders: Set<string>): Part | undefined {
  const { id, size } = wanted;
  if (!isPieceOf(Uint8Array.fromHex(id), size, 0, content)) return undefined;
  const target = new Target(folder, name);
  target.makeFolders(folders);
  const file = LockedFile.tryCreate(new PartCopies(target, wanted).first);
  return file && new Part(target, file, content);
}

/** A part file that is being written. */
class Part {
  readonly target: Target;
  readonly #file: LockedFile;
  #hasFailed = false;

  constructor(target: Target, file: LockedFile, content: Uint8Array) {
    this.target = target;
    this.#file = file;
    this.#try(() => {
      for (let done = 0; done < content.length;) {
        done += file.file.writeSync(content.subarray(done));
      }
    });
  }

  /** Never fails. */
  async sync(): Promise<void> {
    if (!this.#hasFailed) await this.#file.file.syncData().catch(() => this.#hasFailed = true);
  }

  /** Gives it its name. Never fails. */
  finish(): SmallResult {
    const { path, inode } = this.#file;
    this.#try(() => this.target.rename(path, inode, false));
    if (this.#hasFailed) removeIfStillSync(path, inode);
    this.#file[Symbol.dispose]();
    if (this.#hasFailed) return "other";
    const state = tryTo(() => statusOf(this.target.path));
    return state ? stateFrom(state) : "other";
  }

  #try(act: () => void): void {
    if (this.#hasFailed) return;
    try {
      act();
    } catch {
      this.#hasFailed = true;
    }
  }
}

function foldersOf(parts: readonly unknown[]): string[] {
  const paths = parts.map((part) => part instanceof Part ? dirname(part.target.path) : undefined);
  return [...new Set(paths)].filter((path) => path !== undefined);
}
