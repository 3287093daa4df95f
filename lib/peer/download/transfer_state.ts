/**
 * How far a download is, as whoever waits for it is told.
 *
 * @module
 */

import type { FileCount } from "../share/tree_publishing.ts";

/**
 * What a download does: it looks for somebody who sends (`connecting`), keeps its place in a queue
 * (`waiting`), reads what is there already (`verifying`), gets bytes (`downloading`), or gives what is
 * complete its name (`finishing`).
 */
export type DownloadPhase = "connecting" | "waiting" | "verifying" | "downloading" | "finishing";

/** A place in the queue of a source. */
export interface QueuePlace {
  readonly user: string;
  /** Counted from 1. */
  readonly place: number;
}

/** How far a download is. */
export interface DownloadState {
  readonly phase: DownloadPhase;
  /** Bytes that are there. Those of a piece under way count, though they may have to be sent again. */
  readonly bytes: number;
  /** Of how many bytes, where that is known. */
  readonly total: number | undefined;
  /** How many of `bytes` were there before. */
  readonly kept: number;
  /** How many users send. */
  readonly sources: number;
  /** Where it waits, if it does. */
  readonly queue?: QueuePlace | undefined;
  /** Of a folder. */
  readonly files?: FileCount | undefined;
}

/** Hears how far a download is, whenever that has changed. */
export type OnDownload = (state: DownloadState) => void;
