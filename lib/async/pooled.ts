/**
 * Bounded concurrency that ends as soon as one thing fails.
 *
 * @module
 */

/**
 * Runs `work` for each of `items`, at most `limit` at a time, begun in their order. The first
 * failure stops it: no further item is begun, the signal of those under way fires, and once they
 * have settled that very failure is thrown. Nothing is left running.
 *
 * @param work Does not need to mind the signal, if it ends soon by itself
 * @throws what `work` threw first
 */
export async function forEachPooled<T>(
  limit: number,
  items: Iterable<T>,
  work: (item: T, signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const waiting = items[Symbol.iterator]();
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    try {
      for (let next = waiting.next(); !next.done; next = waiting.next()) {
        await work(next.value, signal);
        if (signal.aborted) return;
      }
    } catch (error) {
      failure ??= { error };
      stopping.abort();
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  if (failure) throw failure.error;
}
