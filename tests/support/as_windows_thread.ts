/**
 * A thread of a program that believes to be on Windows.
 *
 * @module
 */

import "./as_windows.ts";

const scope = globalThis as unknown as { readonly onmessage: unknown };
/** What is posted before the thread listens. */
const early: MessageEvent[] = [];
const keep = (event: Event) => {
  if (!scope.onmessage) early.push(event as MessageEvent);
};

addEventListener("message", keep);
await import(new URL(import.meta.url).searchParams.get("of")!);
removeEventListener("message", keep);
for (const { data } of early) dispatchEvent(new MessageEvent("message", { data }));
