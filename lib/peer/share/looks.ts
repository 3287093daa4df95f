/**
 * Looking at many files of the shared folder in a thread.
 *
 * @module
 */

import { BatchThread } from "../../async/batch_thread.ts";
import { type Look, lookAtFiles, type LookJob } from "./look.ts";

/** Files after which the thread is started: fewer are looked at in less time than it takes to start. */
const START_AFTER = 32;

/** Most files of a batch: a few milliseconds' work. */
const MOST = 64;

/** Looks at files. One for each client. */
export type Looks = BatchThread<LookJob, Look>;

/** Makes one. */
export function makeLooks(): Looks {
  const limits = { startAfter: START_AFTER, most: MOST, atOnce: 2 };
  return new BatchThread({ start, work: lookAtFiles, ...limits });
}

function start(): Worker {
  return new Worker(new URL("./look_worker.ts", import.meta.url), { type: "module" });
}
