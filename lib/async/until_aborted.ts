/**
 * Waiting that can be broken off, for what cannot.
 *
 * @module
 */

/**
 * What `promise` resolves to, or `undefined` as soon as `signal` fires. The promise itself goes on;
 * should it fail later, nobody hears of it.
 */
export async function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  const aborted = Promise.withResolvers<undefined>();
  const onAbort = () => aborted.resolve(undefined);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  promise.catch(() => {});
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
