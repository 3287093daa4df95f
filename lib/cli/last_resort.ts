/**
 * What a program says when it breaks down where nobody expected it.
 *
 * @module
 */

import { withTimeout } from "../async/with_timeout.ts";
import { written } from "./write.ts";

/** How long whoever reads has for what is said, in milliseconds. */
const READING_MS = 1_000;

/**
 * Calls `report` with whatever is thrown where nothing catches it, and ends the program with the exit
 * code that it returns. Without this the runtime would show its stack.
 */
export function onUncaught(report: (error: unknown) => number): void {
  const end = (event: Event, error: unknown) => {
    event.preventDefault();
    const code = report(error);
    withTimeout(written().catch(() => {}), READING_MS).finally(() => Deno.exit(code));
  };
  globalThis.addEventListener("error", (event) => end(event, event.error));
  globalThis.addEventListener("unhandledrejection", (event) => end(event, event.reason));
}
