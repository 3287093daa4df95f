/**
 * Notices that a watch is told of nothing any more, though its connection is there.
 *
 * @module
 */

import { abortedBy, type Ending } from "./aborted_by.ts";

/** How often it looks, in milliseconds. */
const LOOK_MS = 100;
/** Longest that a watch may say nothing of what etcd is known to have, in milliseconds. */
const SILENCE_MS = 1_000;
/** The same if calls to the same endpoint have failed since it said something. */
const SUSPECT_SILENCE_MS = 100;
/** Longest that it may take until a watch begins, in milliseconds: a node needs no other one for that. */
const BEGIN_MS = 750;
/** After so much silence something is put, to see whether it is told. */
const QUIET_MS = 2_000;

/** What a watchdog needs to know. */
export interface Watched {
  /** Whether etcd is known to have more than was told. */
  readonly isBehind: () => boolean;
  /** Whether something else has failed where it is made since `time`, in milliseconds of `performance.now()`. */
  readonly hasFailedSince: (time: number) => boolean;
  /** Has etcd put something that has to be told. */
  readonly beat: (signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Watches over one watch. */
export class Watchdog implements AsyncDisposable {
  readonly #watched: Watched;
  readonly #ending: Ending;
  readonly #timer: ReturnType<typeof setInterval>;
  #heardAt = performance.now();
  #behindSince: number | undefined;
  #hasHeard = false;
  #beating: Promise<void> | undefined;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#ending = abortedBy(watched.signal);
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  /** Fires when the watch has to be made anew. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Something was told. */
  hears(): void {
    this.#heardAt = performance.now();
    this.#hasHeard = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#ending.abort();
    await this.#beating;
    this.#ending[Symbol.dispose]();
  }

  #look(): void {
    const now = performance.now();
    this.#behindSince = this.#watched.isBehind() ? this.#behindSince ?? now : undefined;
    const quiet = now - this.#heardAt;
    if (this.#isSilent(now) || (!this.#hasHeard && quiet > BEGIN_MS)) this.#ending.abort();
    else if (quiet > QUIET_MS) this.#beating ??= this.#beat();
  }

  #isSilent(now: number): boolean {
    const since = this.#behindSince;
    if (since === undefined) return false;
    const isSuspect = this.#watched.hasFailedSince(this.#heardAt);
    const longest = isSuspect ? SUSPECT_SILENCE_MS : SILENCE_MS;
    return now - Math.max(since, this.#heardAt) > longest;
  }

  async #beat(): Promise<void> {
    await this.#watched.beat(this.signal).catch(() => {});
    this.#beating = undefined;
  }
}
