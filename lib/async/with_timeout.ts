/**
 * Waiting with an end.
 *
 * @module
 */

import { interrupted } from "../errors.ts";

/**
 * What `promise` resolves to, or `undefined` if that takes longer than `ms` milliseconds. The
 * promise itself goes on; should it fail later, nobody hears of it.
 *
 * @throws {BitTrickleError} `interrupted` by `signal`
 */
export async function withTimeout<T>(
  promise: Promise<T>,
  ms: number,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), ms);
  const either = Promise.race([promise, late.promise]);
  try {
    return await (signal ? unlessAborted(either, signal) : either);
  } finally {
    clearTimeout(timer);
    promise.catch(() => {});
  }
}

/**
 * What `promise` resolves to, unless `signal` fires first. The promise itself goes on; should it fail
 * later, nobody hears of it.
 *
 * @throws {BitTrickleError} `interrupted`
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(interrupted());
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
    promise.catch(() => {});
  }
}
