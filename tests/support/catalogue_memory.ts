/**
 * A program of its own, run with `--v8-flags=--expose-gc`: prints how many bytes of memory each of
 * 100,000 publications takes in a catalogue.
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { Catalogue, type CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";
import { decodeUtf8, encodeUtf8 } from "../../lib/protocol/utf8.ts";
import { publishedFiles } from "./published_files.ts";
import { SHARE } from "./sealed_as.ts";

const PUBLICATIONS = 100_000;

/** Publications of as many different names, in their order, by a hundredth as many users. */
function sortedEvents(): CatalogueEvent[] {
  const options = { users: PUBLICATIONS / 100, shared: 0.3 * PUBLICATIONS, seed: 1 };
  const events = new Map<string, CatalogueEvent>();
  for (const file of publishedFiles(options)) {
    events.set(file.name, { kind: "publish", share: SHARE, ...file });
    if (events.size === PUBLICATIONS) break;
  }
  return [...events.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/** What a journal tells: names that nothing else holds. */
function asRead(event: CatalogueEvent): CatalogueEvent {
  return { ...event, name: decodeUtf8(encodeUtf8(event.name)) };
}

/** Bytes that are still in use after everything that is not has been collected. */
function usedBytes(): number {
  const { gc } = globalThis as unknown as { gc: () => void };
  for (let i = 0; i < 3; i++) gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** A catalogue of `events`. */
function made(events: readonly CatalogueEvent[]): Catalogue {
  const catalogue = new Catalogue();
  for (const event of events) catalogue.apply(asRead(event));
  catalogue.settle();
  return catalogue;
}

if (import.meta.main) {
  const events = sortedEvents();
  made(events.slice(0, 10_000)); // Code and tables that are there once.
  const before = usedBytes();
  const catalogue = made(events);
  const taken = usedBytes() - before;
  if (!catalogue.has(events[0]!.user, events[0]!.name, SHARE)) throw new Error("nothing is there");
  toStdout(String(Math.round(taken / events.length)));
}
