/**
 * Where the events of the catalogue are kept.
 *
 * @module
 */

import type { CatalogueEvent } from "./catalogue.ts";

/**
 * Keeps what was published and withdrawn. Of two events about the same publication the later one is
 * told to the journal when the earlier one is kept or has failed, never before.
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
   * Keeps `events`, all or none. What is returned is done when they survive a crash, and rejects if
   * they are not kept and will not be; nothing is returned if there is nothing to wait for.
   *
   * @throws {BitTrickleError} `disk`, with nothing but the cause for a message
   */
  append(...events: readonly CatalogueEvent[]): Promise<void> | undefined;
}

/** Keeps nothing: the catalogue ends with its process. */
export const IN_MEMORY_JOURNAL: Journal = { entries: () => [], append: () => undefined };
