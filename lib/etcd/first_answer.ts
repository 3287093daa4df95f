/**
 * Asking again without giving up what was asked before.
 *
 * @module
 */

import { withTimeout } from "../async/with_timeout.ts";
import { BitTrickleError } from "../errors.ts";
import { abortedBy } from "./aborted_by.ts";
import { isUnknown } from "./etcd_error.ts";

/** Pause before the same is asked again that has failed: long enough not to keep a machine busy that refuses. */
const PAUSE_MS = 50;

/** One of several attempts at the same. */
export interface Attempt<T> {
  readonly answer: Promise<T>;
  /** Hears that another one begins, as this one has been silent for too long. */
  readonly onSilence: () => void;
}

/** How long is waited. */
export interface FirstAnswerOptions {
  /** In all, in milliseconds. */
  readonly ms: number;
  /** For one attempt before the next one begins, in milliseconds. */
  readonly silenceMs: number;
  /** Whether there is but one attempt. @default {false} */
  readonly isOnce?: boolean;
  readonly signal: AbortSignal;
}

/**
 * The first answer to several attempts. Another one begins whenever the newest has failed or is silent; those
 * before go on, as an answer may also just be slow.
 *
 * @param begin Begins an attempt, which ends with its signal
 * @throws {BitTrickleError} of an attempt, if it is certain; if no answer came in time why one has failed, or
 * `timeout`; `interrupted`
 */
export async function firstAnswer<T>(
  begin: (signal: AbortSignal) => Attempt<T>,
  { ms, silenceMs, isOnce = false, signal }: FirstAnswerOptions,
): Promise<T> {
  using ending = abortedBy(signal);
  const race = new Race<T>();
  const deadline = performance.now() + ms;
  try {
    for (let left = Math.max(0, ms);;) {
      const { answer, onSilence } = begin(ending.signal);
      const newest = race.enter(answer);
      const end = await race.end(newest, Math.min(left, silenceMs));
      if (end === undefined) onSilence();
      else if (end !== "failed") return end.answer;
      left = deadline - performance.now();
      if (isOnce || left < PAUSE_MS * 2) throw race.failure;
    }
  } finally {
    ending.abort();
    await race.over();
  }
}

/** An answer, or that an attempt has failed. */
type End<T> = { readonly answer: T } | "failed";

/** Attempts that go on at once. */
class Race<T> {
  readonly #won = Promise.withResolvers<End<T>>();
  readonly #running: Promise<End<T>>[] = [];
  #failure = new BitTrickleError("timeout", "etcd does not answer");

  /** Why nobody has won: that one was late says less than why another one could not be reached. */
  get failure(): BitTrickleError {
    return this.#failure;
  }

  /** Takes in an attempt. Returns its end, unless that decides the race: it may still be tried again. */
  enter(answer: Promise<T>): Promise<End<T>> {
    const end = answer.then((answer) => ({ answer }), (error) => this.#fail(error));
    end.then((end) => end === "failed" || this.#won.resolve(end), this.#won.reject);
    this.#running.push(end);
    return end;
  }

  /** How the race ends, or the attempt that ends as `newest` does; nothing after `ms` milliseconds. */
  async end(newest: Promise<End<T>>, ms: number): Promise<End<T> | undefined> {
    const end = await withTimeout(Promise.race([this.#won.promise, newest]), ms);
    return end === "failed" ? await withTimeout(this.#won.promise, PAUSE_MS) ?? end : end;
  }

  /** Resolves when all attempts have ended. */
  async over(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  #fail(error: unknown): "failed" {
    if (!isUnknown(error)) throw error;
    if (error.code !== "timeout") this.#failure = error;
    return "failed";
  }
}
