/**
 * What a thread is to itself. Every worker imports this before all else: what is thrown in it where
 * nothing catches it, as its modules are loaded too, is told to whoever started it. Otherwise the
 * runtime would show its stack to the user.
 *
 * @module
 */

import { technicalReason } from "../system_fault.ts";
import type { BrokenDown } from "./thread_link.ts";

/** The part of a worker's global scope that is used; the types of Deno are those of a window. */
export interface ThreadScope<Request, Reply> {
  onmessage: (event: MessageEvent<Request>) => void;
  postMessage(reply: Reply, transfer?: Transferable[]): void;
}

/** The scope of the thread that asks. */
export function threadScope<Request, Reply>(): ThreadScope<Request, Reply> {
  return globalThis as unknown as ThreadScope<Request, Reply>;
}

function breakDown(event: Event, error: unknown): void {
  event.preventDefault();
  threadScope<never, BrokenDown>().postMessage({ brokenDown: technicalReason(error) });
  globalThis.close();
}

globalThis.addEventListener("error", (event) => breakDown(event, event.error));
globalThis.addEventListener("unhandledrejection", (event) => breakDown(event, event.reason));
