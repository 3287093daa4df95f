/**
 * Several reasons to stop as one. The runtime may forget what `AbortSignal.any` returns while it is still
 * waited for, so that it never fires.
 *
 * @module
 */

/** A controller that is also aborted by signals, as long as it is not disposed of. */
export interface Ending extends Disposable {
  readonly signal: AbortSignal;
  abort(): void;
}

/** What is aborted as soon as one of `signals` is. */
export function abortedBy(...signals: readonly (AbortSignal | undefined)[]): Ending {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const signal of signals) {
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
  }
  return {
    signal: controller.signal,
    abort,
    [Symbol.dispose]: () => {
      for (const signal of signals) signal?.removeEventListener("abort", abort);
    },
  };
}
