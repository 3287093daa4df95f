/**
 * What a download takes, how it goes, and what comes of it.
 *
 * @module
 */

import type { ConnectionPool, SealedSource } from "./connection_pool.ts";
import type { FileState } from "../share/file_state.ts";
import type { Wanted } from "./piece_file.ts";
import type { Target } from "./target.ts";

/** How a download goes. */
export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears how many bytes of the file there are, of how many, where that is known. */
  readonly onProgress?: ((bytes: number, total: number | undefined) => void) | undefined;
  /** Hears now and then that something is on its way, or that this machine is at work. */
  readonly onActivity?: (() => void) | undefined;
  /** Hears what a person may want to know, safe to show. */
  readonly onNote?: ((note: string) => void) | undefined;
  /** Whether a file that has the target's name is replaced. @default {false} */
  readonly force?: boolean | undefined;
  /**
   * How long to go on while nothing comes, in milliseconds. {@linkcode Patience} knows what ends
   * sooner. @default {DOWNLOAD_PATIENCE_MS}
   */
  readonly patienceMs?: number | undefined;
  /** The same while the index answers. @default {patienceMs} */
  readonly sourcePatienceMs?: number | undefined;
}

/** Who has the file, or `replaced` if its name has come to stand for another. */
export type Found = readonly SealedSource[] | "replaced";

/** What it takes to fetch a file. */
export interface DownloadSetting {
  readonly target: Target;
  readonly wanted: Wanted;
  /** A content that had the target's name and is not to be had any more: its part is made use of. */
  readonly replaces?: Wanted | undefined;
  readonly connections: ConnectionPool;
  /**
   * Asks the index who has the file now.
   *
   * @param mayBeReplaced Whether a source said that its file has changed, or is gone
   */
  readonly find: (mayBeReplaced: boolean) => Promise<Found>;
}

/** A file that has been fetched. */
export interface Fetched {
  /** The hashes of its pieces. */
  readonly layer: Uint8Array;
  /** Who sent pieces of it. */
  readonly users: readonly string[];
  /** How many bytes of it were there already. */
  readonly kept: number;
  /** What the file is like. */
  readonly state: FileState;
}
