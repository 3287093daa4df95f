/**
 * Five uploads at a time; the others wait their turn.
 *
 * @module
 */

import { pooledMap } from "@std/async/pool";
import { PLACES_PER_USER, TRICKLE_MS, UPLOAD_POOL } from "../../protocol/limits.ts";

/** Something that needs a place. */
export interface UploadJob {
  /** Whose places it counts against. */
  readonly user: string;
  /** How often what it sends was given already: what nobody has goes first. @default 0 */
  readonly timesGiven?: number;
  /** Does the work, once a place is free. */
  run(): Promise<void>;
  /**
   * Hears the job's position in the queue, counted from 1, when it changes; and now and then as a
   * reminder to show the downloader that this peer is alive.
   */
  onWait(position: number, isReminder: boolean): void;
}

/**
 * How many later jobs may go before one that waits: twice what a swarm of the usual size asks for at
 * once, and a wait of seconds.
 */
export const OVERTAKING_JOBS = 32;

interface Waiting {
  readonly job: UploadJob;
  /** How many later ones have gone before. */
  overtaken: number;
  readonly end: PromiseWithResolvers<boolean>;
}

/**
 * Runs jobs. While others wait, no user gets more than {@linkcode PLACES_PER_USER} places. Among those
 * who may go, what was given least goes first, and else who came first; but nobody is overtaken by
 * more than {@linkcode OVERTAKING_JOBS}.
 */
export class UploadPool {
  readonly #running: string[] = [];
  readonly #telling: ReturnType<typeof setInterval>;
  readonly #serving: Promise<void>;
  #waiting: Waiting[] = [];
  #arrival = Promise.withResolvers<void>();
  #closed = false;

  /** @param tellMs How often a waiting job hears its position, in milliseconds. */
  constructor(tellMs = TRICKLE_MS) {
    this.#telling = setInterval(() => this.#tell(0, true), tellMs);
    this.#serving = this.#serve();
  }

  /** How many jobs wait for a place. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** How many jobs have a place. */
  get running(): number {
    return this.#running.length;
  }

  /**
   * Queues `job`. Comes to true when it has run, well or not, and to false if it was turned away or
   * left.
   */
  add(job: UploadJob): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    const end = Promise.withResolvers<boolean>();
    this.#waiting.push({ job, end, overtaken: 0 });
    this.#arrival.resolve();
    if (this.#running.length >= UPLOAD_POOL) job.onWait(this.#waiting.length, false);
    return end.promise;
  }

  /** Takes a job that waits out of the queue. */
  leave(job: UploadJob): void {
    const left = this.#waiting.find((waiting) => waiting.job === job);
    if (left) this.#remove(left).end.resolve(false);
  }

  /** Takes no more jobs and turns away those that wait. Resolves when the last has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#telling);
    for (const { end } of this.#waiting.splice(0)) end.resolve(false);
    this.#arrival.resolve();
    await this.#serving;
  }

  #tell(from: number, isReminder: boolean): void {
    this.#waiting.slice(from).forEach(({ job }, i) => job.onWait(from + i + 1, isReminder));
  }

  #remove(waiting: Waiting): Waiting {
    const at = this.#waiting.indexOf(waiting);
    this.#waiting.splice(at, 1);
    this.#tell(at, false);
    return waiting;
  }

  async #serve(): Promise<void> {
    for await (const _ of pooledMap(UPLOAD_POOL, this.#turns(), (next) => this.#run(next)));
  }

  /** Asked for the next one whenever a place is free. */
  async *#turns(): AsyncGenerator<Waiting> {
    for (;;) {
      const next = this.#chooseNext();
      if (next) {
        this.#running.push(next.job.user);
        yield this.#remove(next);
      } else if (this.#closed) {
        return;
      } else {
        this.#arrival = Promise.withResolvers<void>();
        await this.#arrival.promise;
      }
    }
  }

  #chooseNext(): Waiting | undefined {
    const fair = this.#waiting.filter(({ job }) => this.#mayRun(job.user));
    const eligible = fair.length > 0 ? fair : this.#waiting;
    const [first] = eligible;
    if (!first || first.overtaken >= OVERTAKING_JOBS) return first;
    const times = eligible.map(({ job }) => job.timesGiven ?? 0);
    const at = times.indexOf(Math.min(...times));
    for (const waiting of eligible.slice(0, at)) waiting.overtaken++;
    return eligible[at];
  }

  #mayRun(user: string): boolean {
    return this.#running.filter((other) => other === user).length < PLACES_PER_USER;
  }

  /** Never rejects: that would end the pool. */
  async #run({ job, end }: Waiting): Promise<void> {
    // What fails here is the downloader that left, stopped reading, or is being cut off.
    await job.run().catch(() => {});
    this.#running.splice(this.#running.indexOf(job.user), 1);
    end.resolve(true);
  }
}
