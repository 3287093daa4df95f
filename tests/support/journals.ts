/**
 * Journals for tests.
 *
 * @module
 */

import { BitTrickleError } from "../../lib/errors.ts";
import { Catalogue, type CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";
import type { Journal } from "../../lib/index/catalogue/journal.ts";

/** Keeps events in memory and nothing else: what any journal should do, as plainly as it can be. */
export class MemoryJournal implements Journal {
  readonly #last = new Map<string, CatalogueEvent>();

  entries(): Iterable<CatalogueEvent> {
    return this.#last.values();
  }

  append(event: CatalogueEvent): undefined {
    this.#last.set(`${event.user} ${event.name}`, event);
  }
}

/** Keeps events when the test says so. */
export class HeldJournal implements Journal {
  readonly #kept: CatalogueEvent[] = [];
  #held: (PromiseWithResolvers<void> & { readonly event: CatalogueEvent })[] = [];

  entries(): Iterable<CatalogueEvent> {
    return this.#kept;
  }

  append(event: CatalogueEvent): Promise<void> {
    const held = { event, ...Promise.withResolvers<void>() };
    this.#held.push(held);
    return held.promise;
  }

  /** What is told and neither kept nor failed. */
  get held(): readonly CatalogueEvent[] {
    return this.#held.map(({ event }) => event);
  }

  /** Keeps all that is held. */
  keep(): void {
    for (const { event, resolve } of this.#held.splice(0)) {
      this.#kept.push(event);
      resolve();
    }
  }

  /** Fails with all that is held. */
  fail(reason = "the disk is full"): void {
    for (const { reject } of this.#held.splice(0)) reject(new BitTrickleError("disk", reason));
  }
}

/** What the entries of `journal` make of an empty catalogue: a line for each publication, sorted. */
export function foldOf(journal: Journal): string[] {
  const events = [...journal.entries()];
  const catalogue = new Catalogue();
  for (const event of events) catalogue.apply(event);
  const lines = events.filter(({ user, name }) => catalogue.has(user, name))
    .map(({ user, name }) => {
      const details = catalogue.detailsOf(user, name);
      return `${user} ${name} ${details?.size ?? "-"} ${details?.id ?? "-"}`;
    });
  return [...new Set(lines)].sort();
}
