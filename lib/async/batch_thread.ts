/**
 * Work in a thread of its own, of which many small jobs wait at once: they go there in batches, so
 * that a message is paid for once for all of them.
 *
 * @module
 */

import { BitTrickleError, interrupted } from "../errors.ts";
import { listenTo } from "./thread_link.ts";
import { turn } from "./turn.ts";

/** Does a batch of jobs, and never fails: each job has a result that says how it went. */
export type BatchWork<J, R> = (jobs: readonly J[]) => Promise<readonly R[]>;

/** A batch on its way to the thread. */
export interface BatchRequest<J> {
  readonly number: number;
  readonly jobs: readonly J[];
}

/** What the thread says: that it has started; then the results of each batch, in any order. */
export type BatchReply<R> = "ready" | { readonly number: number; readonly results: readonly R[] };

/** How a {@linkcode BatchThread} works. */
export interface BatchThreadOptions<J, R> {
  /** Starts the thread, which answers as `batch_server.ts` does. */
  readonly start: () => Worker;
  /** What the thread does: done here until it has started. */
  readonly work: BatchWork<J, R>;
  /** After how many jobs the thread is started: fewer take less time than that. */
  readonly startAfter: number;
  /** Most jobs of one batch. */
  readonly most: number;
  /** Most batches that are under way: what comes meanwhile is in the next one. */
  readonly atOnce: number;
}

/** A job that has to be done. */
interface Waiting<J, R> {
  readonly job: J;
  readonly result: PromiseWithResolvers<R>;
}

/** Gives jobs to a thread, a few batches at a time. */
export class BatchThread<J, R> implements Disposable {
  readonly #options: BatchThreadOptions<J, R>;
  #untilStart: number;
  #worker: Worker | undefined;
  #isReady = false;
  #waiting: Waiting<J, R>[] = [];
  #running = 0;
  #batches = 0;
  /** What the thread has not answered, by the numbers of the batches. */
  readonly #answers = new Map<number, PromiseWithResolvers<readonly R[]>>();
  #isDisposed = false;

  constructor(options: BatchThreadOptions<J, R>) {
    this.#options = options;
    this.#untilStart = options.startAfter;
  }

  /**
   * Does `job`.
   *
   * @throws {BitTrickleError} `interrupted` if this is disposed of before it is done; `disk` if the
   * thread breaks down: then the next jobs are done here
   */
  do(job: J): Promise<R> {
    if (this.#isDisposed) return Promise.reject(interrupted());
    const result = Promise.withResolvers<R>();
    this.#waiting.push({ job, result });
    if (this.#running < this.#options.atOnce) this.#run();
    return result.promise;
  }

  /** Ends the thread. What it has not answered fails. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#stop(interrupted());
    for (const { result } of this.#waiting.splice(0)) result.reject(interrupted());
  }

  async #run(): Promise<void> {
    this.#running++;
    // Those that come in the same turn of the event loop go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      await this.#doBatch(this.#waiting.splice(0, this.#options.most));
    }
    this.#running--;
  }

  async #doBatch(batch: readonly Waiting<J, R>[]): Promise<void> {
    try {
      const results = await this.#do(batch.map(({ job }) => job));
      batch.forEach(({ result }, i) => result.resolve(results[i]!));
    } catch (error) {
      for (const { result } of batch) result.reject(error);
    }
  }

  async #do(jobs: readonly J[]): Promise<readonly R[]> {
    const worker = this.#readyWorker(jobs.length);
    if (!worker) {
      const results = await this.#options.work(jobs);
      await turn();
      return results;
    }
    const answer = Promise.withResolvers<readonly R[]>();
    const number = ++this.#batches;
    this.#answers.set(number, answer);
    worker.postMessage({ number, jobs } satisfies BatchRequest<J>);
    return await answer.promise;
  }

  /** The thread, if it is there already. */
  #readyWorker(jobs: number): Worker | undefined {
    this.#untilStart -= jobs;
    const shallStart = !this.#worker && this.#untilStart < 0 && !this.#isDisposed;
    if (shallStart) this.#worker = this.#listenTo(this.#options.start());
    return this.#isReady ? this.#worker : undefined;
  }

  #listenTo(worker: Worker): Worker {
    return listenTo<BatchReply<R>>(worker, {
      onReply: (reply) => {
        if (reply === "ready") this.#isReady = true;
        else this.#take(reply.number)?.resolve(reply.results);
      },
      onBroken: (reason) => {
        this.#untilStart = Infinity;
        this.#stop(new BitTrickleError("disk", `A thread has broken down (${reason}): try again`));
      },
    });
  }

  #stop(error: Error): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#isReady = false;
    for (const number of this.#answers.keys()) this.#take(number)?.reject(error);
  }

  #take(number: number): PromiseWithResolvers<readonly R[]> | undefined {
    const answer = this.#answers.get(number);
    this.#answers.delete(number);
    return answer;
  }
}
