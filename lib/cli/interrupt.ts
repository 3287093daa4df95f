/**
 * Being asked to stop.
 *
 * @module
 */

const IS_WINDOWS = Deno.build.os === "windows";

/**
 * A signal that comes again so soon is the same one, in milliseconds: a terminal sends Ctrl-C to all
 * programs in its foreground, and those that started this one, as `deno task` does, pass it on.
 */
const SAME_MS = 300;

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
  const listening = new DisposableStack();
  for (const signal of signals) listening.use(onSignal(signal, unlessRepeated(listener)));
  return listening;
}

/** Calls `listener` whenever `signal` comes, until it is disposed of. */
export function onSignal(signal: Deno.Signal, listener: () => void): Disposable {
  Deno.addSignalListener(signal, listener);
  return { [Symbol.dispose]: () => Deno.removeSignalListener(signal, listener) };
}

function unlessRepeated(listener: () => void): () => void {
  let heardAt = -Infinity;
  return () => {
    const now = performance.now();
    if (now - heardAt < SAME_MS) return;
    heardAt = now;
    listener();
  };
}
