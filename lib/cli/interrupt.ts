/**
 * Being asked to stop.
 *
 * @module
 */

const IS_WINDOWS = Deno.build.os === "windows";

/** What asks a program to stop. */
export const STOP: readonly Deno.Signal[] = IS_WINDOWS
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/** The same, and that its terminal was closed, which only a program at a terminal should mind. */
export const STOP_OR_HANG_UP: readonly Deno.Signal[] = IS_WINDOWS ? STOP : [...STOP, "SIGHUP"];

/** Calls `listener` whenever one of `signals` comes, until it is disposed of. */
export function onInterrupt(
  listener: () => void,
  signals: readonly Deno.Signal[] = STOP,
): Disposable {
  for (const signal of signals) Deno.addSignalListener(signal, listener);
  return {
    [Symbol.dispose]() {
      for (const signal of signals) Deno.removeSignalListener(signal, listener);
    },
  };
}
