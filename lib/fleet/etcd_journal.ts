/**
 * A journal that several servers share, in etcd.
 *
 * @module
 */

import { pause } from "../async/pause.ts";
import { turn } from "../async/turn.ts";
import { BitTrickleError, reasonOf } from "../errors.ts";
import type { CatalogueEvent } from "../index/catalogue/catalogue.ts";
import type { Apply, Journal, Kept } from "../index/catalogue/journal.ts";
import type { Follower } from "./feed.ts";
import type { Fleet } from "./fleet.ts";
import { type CommitWatcher, GroupCommit } from "./group_commit.ts";
import { SessionsOver } from "./lane.ts";
import { LANE_KEYS, PUBLICATIONS } from "./layout.ts";
import { PackedPublications } from "./packed_publications.ts";
import { PublicationKeys } from "./publication_keys.ts";
import { decodePublication, type KeptPublication } from "./publication_value.ts";
import type { ValueWatcher } from "./secrets.ts";
import { decodeEvents } from "./told_events.ts";
import type { Change } from "../etcd/watch.ts";

/** Pause before it is tried again whether etcd keeps anything, in milliseconds. */
const RECOVERY_MS = 1_000;
/** Publications that are gone through without a pause. */
const SLICE = 1_000;

/** Receives the state of saving, as of any journal, and what only this one has. */
export interface EtcdWatcher extends CommitWatcher, ValueWatcher {
  /** Saving begins to fail. */
  readonly onFault?: ((reason: string) => void) | undefined;
  /** It works again. */
  readonly onRecovery?: (() => void) | undefined;
}

/** Keeps events in etcd. What is told comes from there only, so that all servers are told the same. */
export class EtcdJournal implements Journal, Follower, AsyncDisposable {
  readonly catalogueId: string;
  readonly prefix = PUBLICATIONS;
  readonly #fleet: Fleet;
  readonly #keys: PublicationKeys;
  readonly #watcher: EtcdWatcher;
  readonly #commit: GroupCommit;
  readonly #appending = new Set<Promise<void>>();
  /** What was read, as long as nobody follows. */
  #read: PackedPublications | undefined = new PackedPublications();
  #apply: Apply = () => {};
  #kept: Kept = () => [];
  readonly #closing = new AbortController();
  #isFailing = false;
  #recovering: Promise<void> | undefined;

  private constructor(fleet: Fleet, watcher: EtcdWatcher) {
    this.#fleet = fleet;
    this.#watcher = watcher;
    this.#keys = new PublicationKeys(fleet.secrets);
    this.catalogueId = fleet.catalogueId;
    this.#commit = new GroupCommit(fleet, watcher);
  }

  /**
   * Reads all that `fleet` keeps, also for those who follow it already.
   *
   * @throws {BitTrickleError} as {@linkcode EtcdClient}
   */
  static async open(
    fleet: Fleet,
    watcher: EtcdWatcher = {},
    pageKeys?: number,
  ): Promise<EtcdJournal> {
    const journal = new EtcdJournal(fleet, watcher);
    fleet.feed.add(journal);
    fleet.feed.listen({ prefix: LANE_KEYS, apply: (change) => journal.#takeBatch(change) });
    await fleet.feed.load(pageKeys);
    return journal;
  }

  /** In the order of names, in which a catalogue takes them in quickest. */
  *entries(): Generator<CatalogueEvent> {
    for (const publication of this.#read?.byName() ?? []) {
      yield { kind: "publish", ...publication };
    }
  }

  follow(apply: Apply, kept: Kept): void {
    this.#read = undefined;
    this.#apply = apply;
    this.#kept = kept;
    this.#fleet.start();
  }

  /** Rejects also if it is not known whether the events are kept; then they are told if they are. */
  append(...events: readonly CatalogueEvent[]): Promise<void> {
    const appending = this.#append(events).finally(() => this.#appending.delete(appending));
    this.#appending.add(appending);
    appending.catch(() => {});
    return appending;
  }

  /** Ends when all that was appended is kept and told, or has failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([...this.#appending, this.#recovering]);
    await this.#commit[Symbol.asyncDispose]();
  }

  /** Takes in a publication that is there. */
  apply({ key, value }: Change): void {
    const bytes = value && this.#fleet.secrets.open(key, value);
    const publication = bytes && decodePublication(bytes);
    if (!publication) this.#watcher.onOddValue?.(key);
    else if (this.#read) this.#read.add(bytes);
    else this.#apply({ kind: "publish", ...publication });
  }

  async findMissing(isThere: (key: string) => boolean): Promise<() => void> {
    const isKept = ({ user, name, share }: KeptPublication) => {
      return isThere(this.#keys.of(user, name, share));
    };
    const read = this.#read;
    if (read) return () => read.retain(isKept);
    const missing: CatalogueEvent[] = [];
    let slice = 0;
    for (const kept of this.#kept()) {
      const { user, share, name } = kept;
      if (!isKept(kept)) missing.push({ kind: "withdraw", user, share, name });
      if (++slice % SLICE === 0) await turn();
    }
    return () => missing.forEach(this.#apply);
  }

  /** Takes in what a transaction has changed. A lane begins with nothing, and ends with its server. */
  #takeBatch({ key, value }: Change): void {
    if (!value?.length) return;
    const bytes = this.#fleet.secrets.open(key, value);
    const events = bytes && decodeEvents(bytes);
    if (!events) return this.#watcher.onOddValue?.(key);
    events.forEach(this.#apply);
  }

  async #append(events: readonly CatalogueEvent[]): Promise<void> {
    try {
      await this.#commit.add({
        operations: events.flatMap((event) => this.#keys.operationsOf(event)),
        events,
        about: events.map(({ user, name }) => `${user} ${name}`),
        session: this.#sessionOf(events),
      });
      this.#note(undefined);
    } catch (error) {
      if (!(error instanceof SessionsOver)) this.#note(reasonOf(error));
      throw new BitTrickleError("disk", reasonOf(error), { cause: error });
    }
  }

  /** Where the session is registered in whose name something happens, which may be at another server now. */
  #sessionOf([first]: readonly CatalogueEvent[]): string | undefined {
    const by = first?.by;
    if (by === undefined) return undefined;
    const key = this.#fleet.sessionKeys.get(by);
    if (key === undefined) throw new SessionsOver(new Set());
    return key;
  }

  #note(fault: string | undefined): void {
    if (fault !== undefined && !this.#isFailing) this.#watcher.onFault?.(fault);
    if (fault === undefined && this.#isFailing) this.#watcher.onRecovery?.();
    this.#isFailing = fault !== undefined;
    if (fault === undefined || this.#closing.signal.aborted) return;
    this.#recovering ??= this.#recover();
  }

  /** Puts something else until that is told: it may be long before anybody publishes again. */
  async #recover(): Promise<void> {
    const { signal } = this.#closing;
    while (this.#isFailing && !signal.aborted) {
      try {
        await pause(RECOVERY_MS, signal);
        const revision = await this.#fleet.membership.beat(signal);
        await this.#fleet.feed.reaches(revision, RECOVERY_MS);
        this.#note(undefined);
      } catch (error) {
        if (!(error instanceof BitTrickleError)) throw error;
      }
    }
    this.#recovering = undefined;
  }
}
