/**
 * What a program says when it breaks down where nobody expected it.
 *
 * @module
 */

/**
 * Calls `report` with whatever is thrown where nothing catches it, and ends the program with the exit
 * code that it returns. Without this the runtime would show its stack.
 */
export function onUncaught(report: (error: unknown) => number): void {
  const end = (event: Event, error: unknown) => {
    event.preventDefault();
    Deno.exit(report(error));
  };
  globalThis.addEventListener("error", (event) => end(event, event.error));
  globalThis.addEventListener("unhandledrejection", (event) => end(event, event.reason));
}
