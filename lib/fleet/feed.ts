/**
 * What happens in etcd, in the one order in which it does.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { turn } from "../async/turn.ts";
import { BitTrickleError, reasonOf } from "../errors.ts";
import type { EtcdClient, KeyValue } from "../etcd/etcd_client.ts";
import { isCompacted } from "../etcd/etcd_error.ts";
import { PREFIX, PUBLICATIONS } from "./layout.ts";
import { Milestones } from "./milestones.ts";
import { snapshot } from "./snapshot.ts";
import { type Change, Compacted, watch, type WatchLine } from "../etcd/watch.ts";
import { Watchdog } from "../etcd/watchdog.ts";

/** Pause before a watch is made anew, in milliseconds; as much again at random, as many servers may do it. */
const PAUSE_MS = 100;
/** Longer each time that nothing came of it, up to here. */
const LONGEST_PAUSE_MS = 1_600;

/** What is watched. */
const WATCHED = { from: PREFIX, to: PUBLICATIONS };

/** Who hears what happens to the keys that begin with a prefix. */
export interface Listener {
  readonly prefix: string;
  /** Takes in a change. */
  apply(change: Change): void;
}

/** Who knows how the keys are that begin with a prefix. */
export interface Follower extends Listener {
  /**
   * After a gap: finds out what is known of keys that are not there any more in `revision`. Returns what
   * forgets it, to be called without a pause between it and others.
   */
  findMissing(isThere: (key: string) => boolean, revision: number): Promise<() => void>;
}

/** Hears how the feed fares. */
export interface FeedWatcher {
  /** Nothing is told any more, and why. */
  readonly onWatchFault?: ((reason: string) => void) | undefined;
  /** It is told again. */
  readonly onWatchRecovery?: (() => void) | undefined;
  /** All keys were read again. */
  readonly onReload?: ((changes: number) => void) | undefined;
}

/** Puts a key of this server, and returns the revision. */
export type Beat = (signal: AbortSignal) => Promise<number>;

/** Reads all keys, and then goes on with what changes. Each revision is told as a whole. */
export class Feed implements AsyncDisposable {
  readonly #etcd: EtcdClient;
  readonly #beat: Beat;
  readonly #watcher: FeedWatcher;
  readonly #followers: Follower[] = [];
  readonly #listeners: Listener[] = [];
  readonly #milestones = new Milestones();
  readonly #closing = new AbortController();
  /** The newest revision that etcd is known to have come to. */
  #known = 0;
  /** Changes of a revision of which more is to come. */
  #held: Change[] = [];
  #pause = PAUSE_MS;
  #isFailing = false;
  #running: Promise<void> | undefined;

  constructor(etcd: EtcdClient, beat: Beat, watcher: FeedWatcher = {}) {
    this.#etcd = etcd;
    this.#beat = beat;
    this.#watcher = watcher;
  }

  /** The newest revision that was told. */
  get revision(): number {
    return this.#milestones.reached;
  }

  /** Has `follower` told of everything, if {@linkcode load} has not begun yet. */
  add(follower: Follower): void {
    this.#followers.push(follower);
    this.#listeners.push(follower);
  }

  /** Has `listener` told of what changes, and not of what is there. */
  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /**
   * Tells all that is there.
   *
   * @param pageKeys Keys that are read at once
   * @throws {BitTrickleError} as {@linkcode EtcdClient}
   */
  async load(pageKeys?: number): Promise<void> {
    const { signal } = this.#closing;
    try {
      for await (const page of snapshot(this.#etcd, PREFIX, { signal, pageKeys })) {
        for (const entry of page.entries) tell(this.#followers, entry);
        this.#known = page.revision;
      }
      this.#milestones.reach(this.#known);
    } catch (error) {
      if (!isCompacted(error)) throw error;
      await this.#reload(); // Page by page it took too long.
    }
  }

  /** Begins to tell what changes since. */
  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Resolves when `revision`, which etcd has come to, is told.
   *
   * @throws {BitTrickleError} `timeout` after `ms` milliseconds
   */
  async reaches(revision: number, ms: number): Promise<void> {
    this.#knows(revision);
    if (await this.#milestones.reaches(revision, ms)) return;
    throw new BitTrickleError("timeout", "etcd has not told of it in time");
  }

  #knows(revision: number): void {
    this.#known = Math.max(this.#known, revision);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#watchOnce();
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Compacted) await this.#tryToReload();
        else this.#note(reasonOf(error));
      }
      const pause = this.#pause * (1 + Math.random());
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
      await delay(pause, { signal }).catch(() => {});
    }
  }

  async #watchOnce(): Promise<void> {
    this.#held = [];
    const { gateway } = this.#etcd;
    const { endpoints } = gateway;
    const endpoint = endpoints.best;
    await using watchdog = new Watchdog({
      isBehind: () => this.#known > this.revision,
      hasFailedSince: (time) => endpoints.failedAt(endpoint) > time,
      beat: async (signal) => this.#knows(await this.#beat(signal)),
      signal: this.#closing.signal,
    });
    const query = { endpoint, range: WATCHED, revision: this.revision + 1 };
    try {
      for await (const line of watch(gateway, query, watchdog.signal)) {
        watchdog.hears();
        this.#take(line);
      }
    } catch (error) {
      if (!(error instanceof Compacted)) endpoints.failed(endpoint, performance.now());
      throw error;
    }
  }

  /** Tells whole revisions; of the last one more may come. */
  #take({ changes, isFragment }: WatchLine): void {
    const all = [...this.#held, ...changes];
    const last = all.at(-1)?.revision;
    this.#note(undefined);
    if (last === undefined) return;
    const end = isFragment ? all.findIndex(({ revision }) => revision === last) : all.length;
    this.#held = all.slice(end);
    // Nothing is told twice, whatever etcd does.
    const fresh = all.slice(0, end).filter(({ revision }) => revision > this.revision);
    for (const change of fresh) tell(this.#listeners, change);
    if (fresh.length > 0) this.#reach(fresh.at(-1)!.revision);
  }

  #reach(revision: number): void {
    this.#etcd.knows(revision);
    this.#milestones.reach(revision);
  }

  async #tryToReload(): Promise<void> {
    try {
      await this.#reload();
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#note(reasonOf(error));
    }
  }

  /** Reads all keys again, and tells the difference as one change: nothing that was told is taken back. */
  async #reload(): Promise<void> {
    const { signal } = this.#closing;
    const there = new Set<string>();
    const fresh: KeyValue[] = [];
    let now = 0;
    for await (const { entries, revision } of snapshot(this.#etcd, PREFIX, { signal })) {
      now = revision;
      for (const entry of entries) {
        there.add(entry.key);
        if (entry.revision > this.revision) fresh.push(entry);
      }
      await turn();
    }
    const forget = await Promise.all(this.#followers.map((follower) => {
      return follower.findMissing((key) => there.has(key), now);
    }));
    for (const entry of fresh) tell(this.#followers, entry);
    for (const each of forget) each();
    this.#milestones.reach(now);
    this.#watcher.onReload?.(fresh.length);
  }

  #note(fault: string | undefined): void {
    if (fault === undefined) this.#pause = PAUSE_MS;
    if (fault !== undefined && !this.#isFailing) this.#watcher.onWatchFault?.(fault);
    if (fault === undefined && this.#isFailing) this.#watcher.onWatchRecovery?.();
    this.#isFailing = fault !== undefined;
  }
}

function tell(listeners: readonly Listener[], change: Change): void {
  listeners.find(({ prefix }) => change.key.startsWith(prefix))?.apply(change);
}
