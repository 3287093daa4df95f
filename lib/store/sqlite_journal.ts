/**
 * A journal in a file.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { BitTrickleError } from "../errors.ts";
import type { CatalogueEvent } from "../index/catalogue/catalogue.ts";
import type { Apply, Journal } from "../index/catalogue/journal.ts";
import { DataLock } from "./data_lock.ts";
import { openData } from "./database.ts";
import { damaged, NO_CATALOGUE_ID } from "./disk_fault.ts";
import { catalogueIdIn, forgetOtherPublishers, publicationsIn } from "./publication_table.ts";
import { Writer } from "./writer.ts";

/** Events that wait for their commit, which is one. */
interface Waiting extends PromiseWithResolvers<void> {
  readonly events: readonly CatalogueEvent[];
}

/** Receives the state of saving: once when it begins to fail, and once when it works again. */
export interface SaveWatcher {
  readonly onFault: (reason: string) => void;
  readonly onRecovery: () => void;
  /** Hears of each commit: of how many events, how many milliseconds it took, and whether it failed. */
  readonly onCommit?: ((events: number, ms: number, isKept: boolean) => void) | undefined;
}

const NOBODY: SaveWatcher = { onFault: () => {}, onRecovery: () => {} };

/**
 * Keeps events in a data file that no other journal writes to. While one batch is committed the next
 * one gathers, so that under load one wait for the disk serves many.
 */
export class SqliteJournal implements Journal, AsyncDisposable {
  readonly catalogueId: string;
  readonly #watcher: SaveWatcher;
  readonly #ownLock: DataLock | undefined;
  readonly #db: DatabaseSync;
  readonly #writer: Writer;
  #waiting: Waiting[] = [];
  #committing: Promise<void> | undefined;
  #isFailing = false;
  #apply: Apply = () => {};

  /**
   * Opens the data file at `path`; makes it if it is not there.
   *
   * @param lock Of that file, if somebody has it already, who keeps it until after this is closed
   * @throws {BitTrickleError} `disk` if another server uses it, or it cannot be used at all
   */
  constructor(path: string, watcher: SaveWatcher = NOBODY, lock?: DataLock) {
    using onFault = new DisposableStack();
    this.#watcher = watcher;
    this.#ownLock = lock ? undefined : onFault.use(DataLock.take(path));
    this.#db = onFault.adopt(openData(path), (db) => db.close());
    const catalogueId = catalogueIdIn(this.#db);
    if (catalogueId === undefined) throw damaged(path, NO_CATALOGUE_ID);
    this.catalogueId = catalogueId;
    this.#writer = new Writer(path);
    onFault.move();
  }

  /** To be read to the end before anything is appended. */
  *entries(): Generator<CatalogueEvent> {
    const used = new Set<number>();
    yield* publicationsIn(this.#db, used);
    forgetOtherPublishers(this.#db, used);
  }

  follow(apply: Apply): void {
    this.#apply = apply;
  }

  append(...events: readonly CatalogueEvent[]): Promise<void> {
    const waiting = { events, ...Promise.withResolvers<void>() };
    this.#waiting.push(waiting);
    this.#committing ??= this.#commitAll();
    return waiting.promise;
  }

  /**
   * Commits pending events and closes the file. Who closes it last waits for the disk: that has to be the
   * writing thread, as nothing else happens here meanwhile.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#committing;
    await this.#writer.hold();
    this.#db.close();
    await this.#writer[Symbol.asyncDispose]();
    this.#ownLock?.[Symbol.dispose]();
  }

  async #commitAll(): Promise<void> {
    await Promise.resolve(); // The rest of this turn comes along.
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const fault = await this.#commit(batch.flatMap(({ events }) => events));
      this.#note(fault);
      for (const waiting of batch) {
        if (fault === undefined) this.#tell(waiting);
        else waiting.reject(new BitTrickleError("disk", fault));
      }
    }
    this.#committing = undefined;
  }

  #tell({ events, resolve }: Waiting): void {
    for (const event of events) this.#apply(event);
    resolve();
  }

  async #commit(events: readonly CatalogueEvent[]): Promise<string | undefined> {
    const begun = performance.now();
    const fault = await this.#writer.commit(events);
    this.#watcher.onCommit?.(events.length, performance.now() - begun, fault === undefined);
    return fault;
  }

  #note(fault: string | undefined): void {
    if (fault !== undefined && !this.#isFailing) this.#watcher.onFault(fault);
    if (fault === undefined && this.#isFailing) this.#watcher.onRecovery();
    this.#isFailing = fault !== undefined;
  }
}
