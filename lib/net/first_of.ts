/**
 * Several ways to one end, of which some may lead nowhere: Happy Eyeballs (RFC 8305).
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError, interrupted } from "../errors.ts";
import { HEAD_START_MS } from "../protocol/address_limits.ts";

/** One way. It comes to its end, or fails: at once when `signal` fires. */
export type Way<T> = (signal: AbortSignal) => Promise<T>;

/**
 * What comes first of `ways`, each of which begins a little after the one before, or as soon as all
 * before it have failed. What others still come to is disposed of.
 *
 * @throws what the first one failed with, if all fail: one that led to somebody else tells less
 */
export async function firstOf<T extends Disposable>(
  ways: readonly Way<T>[],
  signal?: AbortSignal,
): Promise<T> {
  const over = new AbortController();
  const either = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const attempts = begin(ways, either);
  try {
    const winner = await Promise.any(attempts);
    const dispose = (late: T) => late === winner || late[Symbol.dispose]();
    for (const attempt of attempts) attempt.then(dispose, () => {});
    return winner;
  } catch (error) {
    const { errors } = error as AggregateError;
    throw errors.find((it) => !isOfSomebodyElse(it)) ?? errors[0];
  } finally {
    over.abort();
  }
}

function begin<T>(ways: readonly Way<T>[], signal: AbortSignal): Promise<T>[] {
  let haveFailed: Promise<unknown> = Promise.resolve();
  return ways.map(async (way, i) => {
    const headStart = delay(i * HEAD_START_MS, { signal }).catch(() => {});
    const turn = Promise.race([haveFailed, headStart]);
    const attempt = turn.then(() => signal.aborted ? Promise.reject(interrupted()) : way(signal));
    haveFailed = Promise.all([haveFailed, failureOf(attempt)]);
    return await attempt;
  });
}

/** Resolves when `attempt` has failed, and never if it does not. */
function failureOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(() => new Promise<never>(() => {}), () => {});
}

function isOfSomebodyElse(error: unknown): boolean {
  return error instanceof BitTrickleError && error.code === "malformed";
}
