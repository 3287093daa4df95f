/**
 * Work in a thread of its own, of which many small jobs wait at once: they go there in batches, so
 * that a message is paid for once for all of them.
 *
 * @module
 */

import { interrupted, reasonOf } from "../errors.ts";

/** Does a batch of jobs, and never fails: each job has a result that says how it went. */
export type BatchWork<J, R> = (jobs: readonly J[]) => Promise<readonly R[]>;

/** What the thread says: that it has started; then the results of each batch that it was sent. */
export type BatchReply<R> = "ready" | readonly R[];

/** How a {@linkcode BatchThread} works. */
export interface BatchThreadOptions<J, R> {
  /** Starts the thread, which answers with {@linkcode serveBatches}. */
  readonly start: () => Worker;
  /** What the thread does: done here until it has started. */
  readonly work: BatchWork<J, R>;
  /** After how many jobs the thread is started: fewer take less time than that. */
  readonly startAfter: number;
  /** Most jobs of one batch. */
  readonly most: number;
}

/** A job that has to be done. */
interface Waiting<J, R> {
  readonly job: J;
  readonly result: PromiseWithResolvers<R>;
}

/** Gives jobs to a thread: one batch is there at a time, and those that come meanwhile are the next. */
export class BatchThread<J, R> implements Disposable {
  readonly #options: BatchThreadOptions<J, R>;
  #untilStart: number;
  #worker: Worker | undefined;
  #isReady = false;
  #waiting: Waiting<J, R>[] = [];
  #isRunning = false;
  #answer: PromiseWithResolvers<readonly R[]> | undefined;
  #isDisposed = false;

  constructor(options: BatchThreadOptions<J, R>) {
    this.#options = options;
    this.#untilStart = options.startAfter;
  }

  /**
   * Does `job`.
   *
   * @throws {BitTrickleError} `interrupted` if this is disposed of before it is done
   * @throws {Error} if the thread breaks down; the next jobs are done here
   */
  do(job: J): Promise<R> {
    if (this.#isDisposed) return Promise.reject(interrupted());
    const result = Promise.withResolvers<R>();
    this.#waiting.push({ job, result });
    if (!this.#isRunning) this.#run();
    return result.promise;
  }

  /** Ends the thread. What it has not answered fails. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#stop(interrupted());
    for (const { result } of this.#waiting.splice(0)) result.reject(interrupted());
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // Those that come in the same turn of the event loop go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#options.most);
      try {
        const results = await this.#do(batch.map(({ job }) => job));
        batch.forEach(({ result }, i) => result.resolve(results[i]!));
      } catch (error) {
        for (const { result } of batch) result.reject(error);
      }
    }
    this.#isRunning = false;
  }

  async #do(jobs: readonly J[]): Promise<readonly R[]> {
    const worker = this.#readyWorker(jobs.length);
    if (!worker) return await this.#options.work(jobs);
    this.#answer = Promise.withResolvers();
    worker.postMessage(jobs);
    return await this.#answer.promise;
  }

  /** The thread, if it is there already. */
  #readyWorker(jobs: number): Worker | undefined {
    this.#untilStart -= jobs;
    const shallStart = !this.#worker && this.#untilStart < 0 && !this.#isDisposed;
    if (shallStart) this.#worker = this.#listenTo(this.#options.start());
    return this.#isReady ? this.#worker : undefined;
  }

  #listenTo(worker: Worker): Worker {
    worker.onmessage = ({ data }: MessageEvent<BatchReply<R>>) => {
      if (data === "ready") this.#isReady = true;
      else this.#answer?.resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#untilStart = Infinity;
      const reason = reasonOf(event.error ?? event.message);
      this.#stop(new Error(`A thread has broken down: ${reason}`));
    };
    return worker;
  }

  #stop(error: Error): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#isReady = false;
    this.#answer?.promise.catch(() => {});
    this.#answer?.reject(error);
    this.#answer = undefined;
  }
}

/** The part of a worker's global scope that is used here; the types of Deno are those of a window. */
interface WorkerScope<J, R> {
  onmessage: (event: MessageEvent<readonly J[]>) => void;
  postMessage(reply: BatchReply<R>): void;
}

/** The other end of a {@linkcode BatchThread}: called once, in the thread. */
export function serveBatches<J, R>(work: BatchWork<J, R>): void {
  const scope = globalThis as unknown as WorkerScope<J, R>;
  scope.onmessage = async ({ data }) => scope.postMessage(await work(data));
  scope.postMessage("ready");
}
