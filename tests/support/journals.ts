/**
 * Journals for tests.
 *
 * @module
 */

import { BitTrickleError } from "../../lib/errors.ts";
import { PLAIN_SHARE } from "../../lib/protocol/share.ts";
import { Catalogue, type CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";
import type { NaivePublication } from "./naive_catalogue.ts";
import { type Apply, InMemoryJournal, type Journal } from "../../lib/index/catalogue/journal.ts";

/** Keeps events in memory and nothing else: what any journal should do, as plainly as it can be. */
export class MemoryJournal extends InMemoryJournal {
  readonly #events: CatalogueEvent[] = [];

  override entries(): Iterable<CatalogueEvent> {
    return this.#events;
  }

  override append(...events: readonly CatalogueEvent[]): undefined {
    this.#events.push(...events);
    super.append(...events);
  }
}

/** Keeps events when the test says so. */
export class HeldJournal implements Journal {
  readonly #kept: CatalogueEvent[] = [];
  #apply: Apply = () => {};
  #held: (PromiseWithResolvers<void> & { readonly events: readonly CatalogueEvent[] })[] = [];

  entries(): Iterable<CatalogueEvent> {
    return this.#kept;
  }

  follow(apply: Apply): void {
    this.#apply = apply;
  }

  append(...events: readonly CatalogueEvent[]): Promise<void> {
    const held = { events, ...Promise.withResolvers<void>() };
    this.#held.push(held);
    return held.promise;
  }

  /** How many times something was told that is neither kept nor failed. */
  get waits(): number {
    return this.#held.length;
  }

  /** What is told and neither kept nor failed. */
  get held(): readonly CatalogueEvent[] {
    return this.#held.flatMap(({ events }) => events);
  }

  /** Keeps all that is held. */
  keep(): void {
    for (const { events, resolve } of this.#held.splice(0)) {
      this.#kept.push(...events);
      for (const event of events) this.#apply(event);
      resolve();
    }
  }

  /** Fails with all that is held. */
  fail(reason = "the disk is full"): void {
    for (const { reject } of this.#held.splice(0)) reject(new BitTrickleError("disk", reason));
  }
}

/** What the entries of a journal make of an empty catalogue: a line for each publication, sorted. */
export function foldOf(journal: Pick<Journal, "entries">): string[] {
  const catalogue = new Catalogue();
  for (const event of journal.entries()) catalogue.apply(event);
  return linesOf(catalogue.publications());
}

/** A line for each of `publications`, sorted. */
export function linesOf(publications: Iterable<NaivePublication>): string[] {
  const lines = Array.from(publications, ({ user, share, name, details }) => {
    const where = share === PLAIN_SHARE ? "" : ` in ${share}`;
    return `${user} ${name} ${details?.size ?? "-"} ${details?.id ?? "-"}${where}`;
  });
  return lines.sort();
}
