/**
 * Many changes in few transactions.
 *
 * @module
 */

import { withTimeout } from "../async/with_timeout.ts";
import { BitTrickleError } from "../errors.ts";
import type { CatalogueEvent } from "../index/catalogue/catalogue.ts";
import type { EtcdClient, Operation } from "../etcd/etcd_client.ts";
import type { Feed } from "./feed.ts";
import type { Fleet } from "./fleet.ts";
import { isDefinite } from "../etcd/etcd_error.ts";
import { CALL_MS } from "../etcd/gateway.ts";
import { commit, fence, PlaceLost, SessionsOver } from "./lane.ts";
import { laneKey } from "./layout.ts";
import { LANES, type Membership, type Place } from "./membership.ts";
import type { Secrets } from "./secrets.ts";
import { encodeEvents } from "./told_events.ts";

/** Operations of one transaction: etcd takes 128, and one is the lane's own. */
export const OPERATIONS_AT_ONCE = 120;

/** Longest from when something is sent until it is told, in milliseconds: a client waits as long. */
const TOLD_MS = 5_000;
/** Groups that are looked at for one transaction: twice as many as one takes. */
const LOOKED_AT = OPERATIONS_AT_ONCE * 2;

/** Operations that are done all or none. */
export interface Group {
  readonly operations: readonly Operation[];
  /** What all servers are told of them. */
  readonly events: readonly CatalogueEvent[];
  /** What they are about: of two groups about the same the later one waits for the earlier one. */
  readonly about: readonly string[];
  /** Where the session is registered that asks for it, without which it is not done. @default none asks */
  readonly session?: string | undefined;
}

/** Hears of each transaction. */
export interface CommitWatcher {
  /** Of how many groups, how many milliseconds it took, and whether it is kept. */
  readonly onCommit?: ((groups: number, ms: number, isKept: boolean) => void) | undefined;
  /** How many milliseconds after it was kept it was told here, and most likely everywhere. */
  readonly onTold?: ((ms: number) => void) | undefined;
}

interface Waiting extends PromiseWithResolvers<void> {
  readonly group: Group;
}

/** While the lanes are busy, groups gather and share the next transaction. */
export class GroupCommit implements AsyncDisposable {
  readonly #etcd: EtcdClient;
  readonly #membership: Membership;
  readonly #feed: Feed;
  readonly #secrets: Secrets;
  readonly #watcher: CommitWatcher;
  readonly #closing = new AbortController();
  readonly #free: number[] = Array.from({ length: LANES }, (_, lane) => lane);
  readonly #running = new Set<Promise<void>>();
  /** What the groups on their way are about. */
  readonly #busy = new Set<string>();
  #waiting: Waiting[] = [];
  #gathering: Promise<void> | undefined;
  /** The place from which something was sent that may still be done. */
  #unsettled: Place | undefined;
  /** How often it was not known whether something was done. */
  #doubts = 0;
  #settling: Promise<void> | undefined;

  constructor({ etcd, membership, feed, secrets }: Fleet, watcher: CommitWatcher = {}) {
    this.#etcd = etcd;
    this.#membership = membership;
    this.#feed = feed;
    this.#secrets = secrets;
    this.#watcher = watcher;
  }

  /**
   * Does the operations of `group`. Resolves when the feed has told of them.
   *
   * @throws {BitTrickleError} if they are not done, or if that is not known: then they are either done before
   * anything that is added later, or never
   */
  add(group: Group): Promise<void> {
    if (group.operations.length > OPERATIONS_AT_ONCE) {
      const reason = `more than ${OPERATIONS_AT_ONCE} changes at once`;
      return Promise.reject(new BitTrickleError("refused", reason));
    }
    const waiting = { group, ...Promise.withResolvers<void>() };
    this.#waiting.push(waiting);
    // The rest of this turn comes along.
    this.#gathering ??= Promise.resolve().then(() => this.#begin());
    return waiting.promise;
  }

  /** Does what was added, and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gathering;
    while (this.#running.size > 0) await Promise.all(this.#running);
    this.#closing.abort();
    await this.#settling?.catch(() => {});
  }

  #begin(): void {
    this.#gathering = undefined;
    while (this.#free.length > 0) {
      const batch = this.#takeBatch();
      if (batch.length === 0) return;
      const lane = this.#free.shift()!;
      const about = batch.flatMap(({ group }) => group.about);
      for (const it of about) this.#busy.add(it);
      this.#track(
        this.#run(lane, batch).then(() => {
          for (const it of about) this.#busy.delete(it);
          this.#free.push(lane);
          this.#begin();
        }),
      );
    }
  }

  /** What goes next: nothing about what is on its way, or about what has waited longer. */
  #takeBatch(): Waiting[] {
    const about = new Set<string>(this.#busy);
    const [taken, left]: [Waiting[], Waiting[]] = [[], []];
    let operations = 0;
    for (const waiting of this.#waiting.splice(0, LOOKED_AT)) {
      const { group } = waiting;
      const isFree = group.about.every((it) => !about.has(it));
      const isTaken = isFree && operations + group.operations.length <= OPERATIONS_AT_ONCE;
      if (isTaken) operations += group.operations.length;
      (isTaken ? taken : left).push(waiting);
      for (const it of group.about) about.add(it);
    }
    this.#waiting.unshift(...left);
    return taken;
  }

  async #run(lane: number, batch: readonly Waiting[]): Promise<void> {
    const begun = performance.now();
    try {
      const revision = await this.#commit(lane, batch.map(({ group }) => group));
      this.#watcher.onCommit?.(batch.length, performance.now() - begun, true);
      this.#track(this.#finish(batch, revision, begun + TOLD_MS));
    } catch (error) {
      if (error instanceof SessionsOver) return await this.#runWithout(error, lane, batch);
      this.#watcher.onCommit?.(batch.length, performance.now() - begun, false);
      for (const { reject } of batch) reject(error);
    }
  }

  /** Refuses those whose sessions are over, and does the others. */
  async #runWithout(
    error: SessionsOver,
    lane: number,
    batch: readonly Waiting[],
  ): Promise<void> {
    const isOver = ({ group: { session } }: Waiting) => {
      return session !== undefined && error.keys.has(session);
    };
    for (const { reject } of batch.filter(isOver)) reject(error);
    const others = batch.filter((waiting) => !isOver(waiting));
    if (others.length > 0) await this.#run(lane, others);
  }

  /** Waits until what is kept is told. */
  async #finish(batch: readonly Waiting[], revision: number, deadline: number): Promise<void> {
    const begun = performance.now();
    try {
      await this.#feed.reaches(revision, deadline - begun);
      this.#watcher.onTold?.(performance.now() - begun);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  #track(running: Promise<void>): void {
    const tracked = running.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  async #commit(lane: number, groups: readonly Group[]): Promise<number> {
    const deadline = performance.now() + CALL_MS;
    await this.#settle();
    const { place } = this.#membership;
    try {
      const ms = deadline - performance.now();
      const options = { signal: this.#closing.signal, ms };
      return await commit(
        this.#etcd,
        { place, lane, ...this.#join(groups, place, lane) },
        options,
      );
    } catch (error) {
      if (!isDefinite(error)) this.#doubt(place);
      if (error instanceof PlaceLost) this.#membership.retake(place).catch(() => {});
      throw error;
    }
  }

  #join(groups: readonly Group[], { server }: Place, lane: number) {
    const told = this.#secrets.seal(
      laneKey(server, lane),
      encodeEvents(groups.flatMap(({ events }) => events)),
    );
    const operations = groups.flatMap(({ operations }) => operations);
    return {
      told,
      operations,
      sessions: [...new Set(groups.flatMap(({ session }) => session ?? []))],
    };
  }

  /** Waits until there is a place from which nothing is on its way that has been given up. */
  async #settle(): Promise<void> {
    if (this.#membership.isIn() && this.#unsettled === undefined) return;
    const isSettled = await withTimeout(this.#beginToSettle().then(() => true), CALL_MS);
    if (!isSettled) throw new BitTrickleError("timeout", "etcd does not answer");
  }

  #beginToSettle(): Promise<void> {
    this.#settling ??= this.#fence().finally(() => this.#settling = undefined);
    return this.#settling;
  }

  /** Takes in that something from `place` may still be done. What comes next is not to wait for a fence. */
  #doubt(place: Place): void {
    this.#unsettled ??= place;
    this.#doubts++;
    this.#beginToSettle().catch(() => {}); // What comes next tries it again.
  }

  /**
   * A place that was given up is fenced already. What another lane gives up meanwhile may have been sent
   * after the fence, so that it takes another one.
   */
  async #fence(): Promise<void> {
    const membership = this.#membership;
    for (let doubts = -1; doubts !== this.#doubts;) {
      doubts = this.#doubts;
      if (!membership.isIn()) await membership.retake(membership.place);
      const { place } = membership;
      if (this.#unsettled === place) await fence(this.#etcd, place, this.#closing.signal);
    }
    this.#unsettled = undefined;
  }
}
