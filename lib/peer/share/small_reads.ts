/**
 * Reading small published files, many of which are asked for one after the other, in a thread.
 *
 * @module
 */

import { BatchThread } from "../../async/batch_thread.ts";
import type { SmallContent, SmallRead } from "./read_small.ts";

/** Files after which the thread is started: fewer are read in less time than it takes to start. */
const START_AFTER = 32;

/** Most files that are read at once: more than the upload pool has places. */
const MOST = 64;

/** Reads small files. One for each client. */
export type SmallReads = BatchThread<SmallRead, SmallContent>;

/** Makes one. While its thread has not started, it reads nothing. */
export function smallReads(): SmallReads {
  const limits = { startAfter: START_AFTER, most: MOST, atOnce: 1 };
  return new BatchThread({ start, work: readNothing, ...limits });
}

function start(): Worker {
  return new Worker(new URL("./small_reads_worker.ts", import.meta.url), { type: "module" });
}

function readNothing(jobs: readonly SmallRead[]): Promise<SmallContent[]> {
  return Promise.resolve(jobs.map(() => undefined));
}
