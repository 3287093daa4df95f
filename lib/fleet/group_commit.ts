/**
 * Many changes in few transactions.
 *
 * @module
 */

import { withTimeout } from "../async/with_timeout.ts";
import { BitTrickleError } from "../errors.ts";
import type { Engine, Operation } from "./engine.ts";
import { isDefinite } from "./engine_error.ts";
import { CALL_MS } from "./gateway.ts";
import { commit, fence, PlaceLost } from "./lane.ts";
import { LANES, type Membership, type Place } from "./membership.ts";

/** Operations of one transaction: etcd takes 128, and one is the lane's own. */
export const OPERATIONS_AT_ONCE = 120;

/** Groups that are looked at for one transaction: twice as many as one takes. */
const LOOKED_AT = OPERATIONS_AT_ONCE * 2;

/** Operations that are done all or none. */
export interface Group {
  readonly operations: readonly Operation[];
  /** What they are about: of two groups about the same the later one waits for the earlier one. */
  readonly about: readonly string[];
}

/** Hears of each transaction. */
export type OnCommit = (groups: number, ms: number, isKept: boolean) => void;

interface Waiting extends PromiseWithResolvers<number> {
  readonly group: Group;
}

/** While the lanes are busy, groups gather and share the next transaction. */
export class GroupCommit implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #membership: Membership;
  readonly #onCommit: OnCommit;
  readonly #closing = new AbortController();
  readonly #free: number[] = Array.from({ length: LANES }, (_, lane) => lane);
  readonly #running = new Set<Promise<void>>();
  /** What the groups on their way are about. */
  readonly #busy = new Set<string>();
  #waiting: Waiting[] = [];
  #gathering: Promise<void> | undefined;
  #batches = 0;
  /** The place from which something was sent that may still be done. */
  #unsettled: Place | undefined;
  #settling: Promise<void> | undefined;

  constructor(engine: Engine, membership: Membership, onCommit: OnCommit = () => {}) {
    this.#engine = engine;
    this.#membership = membership;
    this.#onCommit = onCommit;
  }

  /**
   * Does the operations of `group`. Returns their revision.
   *
   * @throws {BitTrickleError} if they are not done, or if that is not known: then they are either done before
   * anything that is added later, or never
   */
  add(group: Group): Promise<number> {
    if (group.operations.length > OPERATIONS_AT_ONCE) {
      const reason = `more than ${OPERATIONS_AT_ONCE} changes at once`;
      return Promise.reject(new BitTrickleError("refused", reason));
    }
    const waiting = { group, ...Promise.withResolvers<number>() };
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
  }

  #begin(): void {
    this.#gathering = undefined;
    while (this.#free.length > 0) {
      const batch = this.#takeBatch();
      if (batch.length === 0) return;
      const lane = this.#free.shift()!;
      const about = batch.flatMap(({ group }) => group.about);
      for (const it of about) this.#busy.add(it);
      const running = this.#run(lane, batch).then(() => {
        for (const it of about) this.#busy.delete(it);
        this.#free.push(lane);
        this.#running.delete(running);
        this.#begin();
      });
      this.#running.add(running);
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
      const operations = batch.flatMap(({ group }) => group.operations);
      const revision = await this.#commit(lane, operations);
      this.#onCommit(batch.length, performance.now() - begun, true);
      for (const { resolve } of batch) resolve(revision);
    } catch (error) {
      this.#onCommit(batch.length, performance.now() - begun, false);
      for (const { reject } of batch) reject(error);
    }
  }

  async #commit(lane: number, operations: readonly Operation[]): Promise<number> {
    const deadline = performance.now() + CALL_MS;
    await this.#settle();
    const { place } = this.#membership;
    try {
      const ms = deadline - performance.now();
      const options = { signal: this.#closing.signal, ms };
      return await commit(
        this.#engine,
        { place, lane, batch: ++this.#batches, operations },
        options,
      );
    } catch (error) {
      if (!isDefinite(error)) this.#unsettled ??= place;
      if (error instanceof PlaceLost) this.#membership.retake(place).catch(() => {});
      throw error;
    }
  }

  /** Waits until there is a place from which nothing is on its way that has been given up. */
  async #settle(): Promise<void> {
    if (this.#membership.isIn() && this.#unsettled === undefined) return;
    this.#settling ??= this.#fence().finally(() => this.#settling = undefined);
    const isSettled = await withTimeout(this.#settling.then(() => true), CALL_MS);
    if (!isSettled) throw new BitTrickleError("timeout", "etcd does not answer");
  }

  /** A place that was given up is fenced already. */
  async #fence(): Promise<void> {
    const membership = this.#membership;
    if (!membership.isIn()) await membership.retake(membership.place);
    const { place } = membership;
    if (this.#unsettled === place) await fence(this.#engine, place, this.#closing.signal);
    this.#unsettled = undefined;
  }
}
