/**
 * Where the events of the catalogue are kept.
 *
 * @module
 */

import type { CatalogueEvent } from "./catalogue.ts";

/** Takes in an event that a journal has kept. */
export type Apply = (event: CatalogueEvent) => void;

/** All publications that were told, as who follows has them, until the next event. */
export type Kept = () => Iterable<
  { readonly user: string; readonly share: string; readonly name: string }
>;

/**
 * Keeps what was published and withdrawn. Of two events about the same publication the later one is
 * told to the journal when the earlier one is kept or has failed, never before.
 *
 * Its events have one order, in which it tells them: first its entries, then each that it keeps. So
 * whatever follows it has been, at any time, what the journal was at some time, and never goes back.
 */
export interface Journal {
  /**
   * What the catalogue is known by, see `catalogue_id.ts`: made with the journal, and the same as long
   * as it keeps what it was told. One that keeps nothing has none.
   */
  readonly catalogueId?: string;

  /** The events that make the catalogue what it was; of each publication the last one is enough. */
  entries(): Iterable<CatalogueEvent>;

  /**
   * Has `apply` hear of each event that is kept after its entries were read, whoever told it. There is
   * one who follows a journal.
   *
   * @param kept For a journal that has missed what others told it, to find out what is gone
   */
  follow(apply: Apply, kept: Kept): void;

  /**
   * Keeps `events`, all or none. What is returned is done when they survive a crash and who follows has
   * heard of them, and rejects if they are not kept and will not be, or if that is not known; nothing is
   * returned if there is nothing to wait for.
   *
   * @throws {BitTrickleError} `disk`, with nothing but the cause for a message
   */
  append(...events: readonly CatalogueEvent[]): Promise<void> | undefined;
}

/** Keeps nothing but in the memory of who follows: the catalogue ends with its process. */
export class InMemoryJournal implements Journal {
  readonly catalogueId?: string;
  #apply: Apply = () => {};

  entries(): Iterable<CatalogueEvent> {
    return [];
  }

  follow(apply: Apply): void {
    this.#apply = apply;
  }

  append(...events: readonly CatalogueEvent[]): undefined {
    for (const event of events) this.#apply(event);
  }
}
