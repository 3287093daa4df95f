/**
 * The thread that looks for small files and writes them.
 *
 * @module
 */

import { BatchThread } from "../../async/batch_thread.ts";
import type { SmallJob, SmallResult } from "./small_disk.ts";

/** Jobs after which the thread is started: fewer are done in less time than it takes to start. */
const START_AFTER = 32;

/** Most files that the thread works on at once: each has a part file open. */
const MOST = 64;

/** Batches under way: while the disk writes one, the next are begun and ended. */
const BATCHES = 4;

/** Looks for small files and writes them. One for each client. */
export type SmallDisk = BatchThread<SmallJob, SmallResult>;

/** Makes one. */
export function smallDisk(): SmallDisk {
  const limits = { startAfter: START_AFTER, most: MOST, atOnce: BATCHES };
  // Loaded at the first use: a client that only asks does not wait for it.
  const work = async (jobs: readonly SmallJob[]) => {
    return (await import("./small_disk.ts")).workOnSmallFiles(jobs);
  };
  return new BatchThread({ start, work, ...limits });
}

function start(): Worker {
  return new Worker(new URL("./small_disk_worker.ts", import.meta.url), { type: "module" });
}
