/**
 * Many records of passwords at once.
 *
 * @module
 */

import { listenTo } from "../../async/thread_link.ts";
import type { RecordReply, RecordRequest } from "./record_worker.ts";

/** Most threads: each takes 64 MiB while it stretches. */
const MOST_WORKERS = 32;

/** How many processors to use. */
function workersFor(requests: number): number {
  return Math.min(requests, navigator.hardwareConcurrency, MOST_WORKERS);
}

/**
 * The records of `requests`, in their order, made by a thread for each processor.
 *
 * @param onMade Hears that so many are made
 * @throws whatever a thread throws
 */
export async function makeRecords(
  requests: readonly RecordRequest[],
  onMade: (count: number) => void = () => {},
): Promise<string[]> {
  const records: string[] = [];
  let next = 0;
  let made = 0;
  const work = async () => {
    using worker = startWorker();
    while (next < requests.length) {
      const at = next++;
      records[at] = await worker.make(requests[at]!);
      onMade(++made);
    }
  };
  await Promise.all(Array.from({ length: workersFor(requests.length) }, work));
  return records;
}

/** A thread that makes one record after the other. */
interface RecordWorker extends Disposable {
  make(request: RecordRequest): Promise<string>;
}

function startWorker(): RecordWorker {
  const worker = new Worker(new URL("./record_worker.ts", import.meta.url), { type: "module" });
  let waiting = Promise.withResolvers<string>();
  listenTo<RecordReply>(worker, {
    onReply: (reply) => {
      if ("record" in reply) waiting.resolve(reply.record);
      else waiting.reject(new Error(reply.fault));
    },
    onBroken: (reason) => waiting.reject(new Error(reason)),
  });
  return {
    make(request) {
      waiting = Promise.withResolvers();
      worker.postMessage(request);
      return waiting.promise;
    },
    [Symbol.dispose]: () => worker.terminate(),
  };
}
