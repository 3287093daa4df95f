/**
 * A server's place in the fleet: a lease that it keeps alive, and what hangs on it.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { delay } from "@std/async/delay";
import { BitTrickleError, reasonOf } from "../errors.ts";
import { toBase64Url } from "../protocol/base64url.ts";
import type { EtcdClient, KeyValue, Operation } from "../etcd/etcd_client.ts";
import { isDefinite } from "../etcd/etcd_error.ts";
import { beatKey, laneKey, lanesOf, serverKey } from "./layout.ts";
import { hasSlept, type Moment, moment, mostPassedMs } from "./lease_time.ts";

/** Seconds after which a server that is not heard of has left. */
export const LEASE_SECONDS = 5;
const LEASE_MS = LEASE_SECONDS * 1_000;
/**
 * How often it is heard of, in milliseconds. What is left of its seconds after one is how long etcd may be without
 * a leader: elections in which nobody wins the first time take up to 4 s.
 */
const KEEP_ALIVE_MS = 1_000;
/** Longest that etcd is waited for each time, in milliseconds. */
const ANSWER_MS = 1_500;
/** Pause before it tries that again. */
const PAUSE_MS = 250;
/** Transactions of one server at once: while one waits for the disk, the next ones are on their way. */
export const LANES = 4;
/** Bytes of a server's name: no two ever have the same by chance. */
const NAME_BYTES = 9;
const NOTHING = new Uint8Array();

/** A place, from when it was taken until it is lost; never taken again. */
export interface Place {
  /** Names it among all that ever were. */
  readonly server: string;
  readonly lease: string;
  /** In which revision the server's key was put: a transaction that names another one is not done. */
  revision: number;
  /** The same for each lane. */
  readonly lanes: number[];
}

/** Hears of a server's place. */
export interface PlaceWatcher {
  /** It is lost, and whatever was on its lease with it. */
  readonly onLost?: ((reason: string) => void) | undefined;
  /** It has a new one. */
  readonly onTaken?: (() => void) | undefined;
}

/** Takes a place, keeps it, and takes a new one when it is lost. */
export class Membership implements AsyncDisposable {
  readonly #etcd: EtcdClient;
  readonly #watcher: PlaceWatcher;
  readonly #closing = new AbortController();
  #keeping: Promise<void> | undefined;
  #place: Place;
  /** When that was sent by which etcd last heard of it. */
  #heardAt: Moment;
  /** For good, once it was found: whatever hangs on the place may have been ended. */
  #isLost = false;
  /** Why the place is lost, as it was told last, if it was. */
  #lostFor: string | undefined;
  /** Why it was not renewed the last time, if so. */
  #fault: string | undefined;
  /** Whether it has kept a place since it was started: only then can it be lost. */
  #hasKept = false;
  #retaking: Promise<void> | undefined;

  private constructor(etcd: EtcdClient, watcher: PlaceWatcher, taken: Taken) {
    this.#etcd = etcd;
    this.#watcher = watcher;
    this.#place = taken.place;
    this.#heardAt = taken.heardAt;
  }

  /** Takes a place, which ends by itself if it is not kept. @throws {BitTrickleError} as {@linkcode EtcdClient} */
  static async join(etcd: EtcdClient, watcher: PlaceWatcher = {}): Promise<Membership> {
    return new Membership(etcd, watcher, await take(etcd, undefined));
  }

  /**
   * Keeps the place from now on. One that has ended before, as to read a large catalogue keeps a server from
   * all else, is taken anew without a word.
   */
  start(): void {
    this.#keeping ??= this.#keep();
  }

  /** The place, which may be lost. */
  get place(): Place {
    return this.#place;
  }

  /**
   * Until when this server has its place if its machine does not sleep, in milliseconds of `performance.now()`:
   * counted from when it was last heard of, so that it knows no later than etcd.
   */
  get deadline(): number {
    return this.#isLost ? -Infinity : this.#heardAt.steady + LEASE_MS;
  }

  /** Whether this server has its place for certain, if `performance.now()` has just said `now`. */
  isIn(now: number = performance.now()): boolean {
    const at = moment(now);
    if (!this.#isLost && mostPassedMs(this.#heardAt, at) >= LEASE_MS) {
      this.#isLost = true;
      if (hasSlept(this.#heardAt, at)) this.#fault = SLEPT;
    }
    return !this.#isLost;
  }

  /** Takes a new place, as `lost` is gone. */
  async retake(lost: Place): Promise<void> {
    if (lost !== this.#place) return;
    this.#lose(this.#fault ?? "its lease has ended");
    await (this.#retaking ??= this.#retake().finally(() => this.#retaking = undefined));
  }

  /** Puts a key on the lease. Returns the revision. */
  async beat(signal: AbortSignal): Promise<number> {
    const { server, lease } = this.#place;
    const put = { kind: "put", key: beatKey(server), value: NOTHING, lease } as const;
    return (await this.#etcd.transact({ if: [], then: [put] }, { signal })).revision;
  }

  /** Gives the place up, with all that is on its lease. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#keeping;
    await this.#etcd.revoke(this.#place.lease, { ms: ANSWER_MS }).catch(() => {});
  }

  async #keep(): Promise<void> {
    const { signal } = this.#closing;
    for (let pause = 0; !signal.aborted;) {
      await delay(pause, { signal }).catch(() => {});
      if (signal.aborted) return;
      pause = await this.#tryToRenew() ? KEEP_ALIVE_MS : PAUSE_MS;
    }
  }

  async #tryToRenew(): Promise<boolean> {
    try {
      await this.#renew();
      return true;
    } catch (error) {
      this.#fault = reasonOf(error);
      if (this.#closing.signal.aborted || this.isIn()) return false;
      // Why no new place is taken is news, though it was told that the old one is lost.
      if (isDefinite(error) && this.#fault !== this.#lostFor) this.#lostFor = undefined;
      this.#lose(this.#fault, true);
      return false;
    }
  }

  async #renew(): Promise<void> {
    const place = this.#place;
    // What etcd did meanwhile is not known: who was late begins anew.
    if (!this.isIn()) return await this.retake(place);
    const sentAt = moment();
    const ms = Math.min(ANSWER_MS, this.deadline - sentAt.steady);
    const seconds = await this.#etcd.keepAlive(place.lease, { signal: this.#closing.signal, ms });
    if (seconds === 0 || !this.isIn()) await this.retake(place);
    else if (place === this.#place) this.#heardAt = sentAt;
    this.#hasKept = true;
    this.#fault = undefined;
  }

  /** Nobody is told of a place that ended before it was ever renewed, unless no other can be taken. */
  #lose(reason: string, isCertain: boolean = this.#hasKept): void {
    this.#isLost = true;
    if (this.#lostFor !== undefined || !isCertain) return;
    this.#lostFor = reason;
    this.#watcher.onLost?.(reason);
  }

  async #retake(): Promise<void> {
    const { place, heardAt } = await take(this.#etcd, this.#place, this.#closing.signal);
    this.#place = place;
    this.#heardAt = heardAt;
    this.#isLost = false;
    this.#fault = undefined;
    if (this.#lostFor !== undefined) this.#watcher.onTaken?.();
    this.#lostFor = undefined;
    this.#hasKept = true;
  }
}

const SLEPT = "this machine slept, or its clock was set";

interface Taken {
  readonly place: Place;
  readonly heardAt: Moment;
}

/** Takes a place; what was sent from the one before it and comes late is not done any more. */
async function take(
  etcd: EtcdClient,
  before: Place | undefined,
  signal?: AbortSignal,
): Promise<Taken> {
  const heardAt = moment();
  const lease = await etcd.grant(LEASE_SECONDS, { signal });
  const server = toBase64Url(randomBytes(NAME_BYTES));
  const key = serverKey(server);
  const lanes = Array.from({ length: LANES }, (_, i) => laneKey(server, i));
  const put = (key: string): Operation => ({ kind: "put", key, value: NOTHING, lease });
  const outcome = await etcd.transact({
    if: [{ key, revision: 0 }],
    then: [...[key, ...lanes].map(put), ...before ? leave(before) : []],
    else: [{ kind: "get", key }],
  }, { signal });
  // Its name is its own: if the key is there, the answer to an earlier attempt was lost.
  const revision = outcome.isDone ? outcome.revision : revisionIn(outcome.got);
  // It has ended by itself, or will.
  if (before) await etcd.revoke(before.lease, { signal, ms: ANSWER_MS }).catch(() => {});
  return { place: { server, lease, revision, lanes: lanes.map(() => revision) }, heardAt };
}

function leave({ server }: Place): Operation[] {
  return [
    { kind: "delete", key: serverKey(server) },
    { kind: "delete all", prefix: lanesOf(server) },
  ];
}

function revisionIn(got: readonly (readonly KeyValue[])[]): number {
  const revision = got[0]?.[0]?.revision;
  if (revision !== undefined) return revision;
  throw new BitTrickleError("network", "etcd has lost this server's place again");
}
