/**
 * Being asked to stop.
 *
 * @module
 */

const IS_WINDOWS = Deno.build.os === "windows";

/** What asks a program to stop. */
const STOP: readonly Deno.Signal[] = IS_WINDOWS ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM"];

/** Calls `listener` when the program is asked to stop or its terminal is closed, until disposed of. */
export function onInterrupt(listener: () => void): Disposable {
  const signals = IS_WINDOWS || !hasTerminal() ? STOP : [...STOP, "SIGHUP" as const];
  for (const signal of signals) Deno.addSignalListener(signal, listener);
  return {
    [Symbol.dispose]() {
      for (const signal of signals) Deno.removeSignalListener(signal, listener);
    },
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
