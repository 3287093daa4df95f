/**
 * Being asked to stop.
 *
 * @module
 */

const IS_WINDOWS = Deno.build.os === "windows";

/**
 * A signal that comes again so soon is the same one, in milliseconds: a terminal sends Ctrl-C to all
 * programs in its foreground, and those that started this one, as `deno task` does, pass it on, which
 * takes them a few milliseconds. A person who presses twice in a hurry takes longer.
 */
const SAME_MS = 100;

/** What asks a program to stop. */
const STOP: readonly Deno.Signal[] = IS_WINDOWS ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM"];

/** Calls `listener` when the program is asked to stop or its terminal is closed, until disposed of. */
export function onInterrupt(listener: (signal: Deno.Signal) => void): Disposable {
  const listening = new DisposableStack();
  for (const signal of STOP) {
    listening.use(onSignal(signal, unlessRepeated(() => listener(signal))));
  }
  if (!IS_WINDOWS && hasTerminal()) listening.use(onHangUp(() => listener("SIGHUP")));
  return listening;
}

/** Calls `listener` when the program is asked to read its files again, until disposed of. */
export function onReload(listener: () => void): Disposable {
  if (IS_WINDOWS) return { [Symbol.dispose]: () => {} };
  const hadTerminal = hasTerminal();
  return onSignal("SIGHUP", () => {
    if (hasTerminal() === hadTerminal) listener();
  });
}

/** Somebody may send the signal by hand, who wants to be heard by {@linkcode onReload}. */
function onHangUp(listener: () => void): Disposable {
  return onSignal("SIGHUP", () => {
    if (!hasTerminal()) listener();
  });
}

/** Calls `listener` whenever `signal` comes, until it is disposed of. */
export function onSignal(signal: Deno.Signal, listener: () => void): Disposable {
  Deno.addSignalListener(signal, listener);
  return { [Symbol.dispose]: () => Deno.removeSignalListener(signal, listener) };
}

/**
 * `listener`, which is not called for a signal that was passed on.
 *
 * @param now The time in milliseconds. @default {performance.now}
 */
export function unlessRepeated(
  listener: () => void,
  now: () => number = () => performance.now(),
): () => void {
  let heardAt = -Infinity;
  return () => {
    const at = now();
    if (at - heardAt < SAME_MS) return;
    heardAt = at;
    listener();
  };
}

/**
 * Makes a program that has no terminal go on when one is closed. `nohup` ignores that signal for it,
 * but the runtime takes it back from the ignored ones, so it has to be listened for.
 */
export function surviveHangUp(): void {
  if (!IS_WINDOWS && !hasTerminal()) Deno.addSignalListener("SIGHUP", () => {});
}

/** Whether a person sees what goes out: `nohup` leaves nothing of that, though input on some systems. */
function hasTerminal(): boolean {
  return Deno.stdout.isTerminal() || Deno.stderr.isTerminal();
}
