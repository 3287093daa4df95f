/**
 * Waiting with an end.
 *
 * @module
 */

/**
 * What `promise` resolves to, or `undefined` if that takes longer than `ms` milliseconds. The
 * promise itself goes on; should it fail later, nobody hears of it.
 */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => {});
  }
}
