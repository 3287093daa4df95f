/**
 * Waiting with an end.
 *
 * @module
 */

import { unlessAborted } from "./until_aborted.ts";

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
