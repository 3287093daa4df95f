/**
 * The thread's end of a {@linkcode BatchThread}.
 *
 * @module
 */

import { threadScope } from "./thread_scope.ts";
import type { BatchReply, BatchRequest, BatchWork } from "./batch_thread.ts";

/** Answers batches with what `work` makes of them: called once, in the thread. */
export function serveBatches<J, R>(work: BatchWork<J, R>): void {
  const scope = threadScope<BatchRequest<J>, BatchReply<R>>();
  scope.onmessage = async ({ data: { number, jobs } }) => {
    scope.postMessage({ number, results: await work(jobs) });
  };
  scope.postMessage("ready");
}
