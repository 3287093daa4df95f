/**
 * Waiting that can be broken off, for what cannot. The promise itself goes on; should it fail later,
 * nobody hears of it.
 *
 * @module
 */

import { interrupted } from "../errors.ts";

/** What `promise` resolves to, or `undefined` as soon as `signal` fires. */
export function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  return endedBy(signal, promise, () => undefined);
}

/**
 * What `promise` resolves to, unless `signal` fires first.
 *
 * @throws {BitTrickleError} `interrupted`
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return endedBy(signal, promise, () => {
    throw interrupted();
  });
}

/** What `promise` resolves to, or what `end` returns or throws as soon as `signal` fires. */
async function endedBy<T, E>(
  signal: AbortSignal,
  promise: Promise<T>,
  end: () => E,
): Promise<T | E> {
  const aborted = Promise.withResolvers<typeof signal>();
  const onAbort = () => aborted.resolve(signal);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  promise.catch(() => {});
  try {
    const first = await Promise.race([promise, aborted.promise]);
    return first === signal ? end() : first as T;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
