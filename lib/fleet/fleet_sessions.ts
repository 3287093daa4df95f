/**
 * The sessions of all servers of a fleet.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { KeyedMutex } from "../async/keyed_mutex.ts";
import { BitTrickleError } from "../errors.ts";
import type { RemoteSessions } from "../index/remote_sessions.ts";
import type { SessionRegistry } from "../index/session_registry.ts";
import type { SealedSession } from "../index/sessions/session.ts";
import type { SharedSession } from "../index/sessions/shared_session.ts";
import { SESSIONS_PER_USER } from "../protocol/share.ts";
import type { Operation } from "../etcd/etcd_client.ts";
import { isDefinite } from "../etcd/etcd_error.ts";
import type { Follower } from "./feed.ts";
import type { Fleet } from "./fleet.ts";
import { SESSIONS } from "./layout.ts";
import type { Place } from "./membership.ts";
import {
  type Correction,
  OwnSessions,
  type Registration,
  type SessionWatcher,
} from "./own_sessions.ts";
import { putClock, ServerClocks } from "./server_clocks.ts";
import { choosePlace, KnownPlaces, type TakenPlace } from "./session_places.ts";
import { SessionRecords } from "./session_records.ts";
import type { RegisteredSession } from "./session_value.ts";
import type { Change } from "../etcd/watch.ts";

/** How often it is looked whether this server has its place, and what has changed of its sessions, in milliseconds. */
const LOOK_MS = 250;
/** How often the clock of this server is told, in milliseconds: so a fault is known before a login fails. */
const CLOCK_MS = 2_000;
/** How often it is said again what others have in part: twice as often as it is forgotten. */
const REFRESH_MS = 10_000;
/** Longest from a registration until all before it is known here, in milliseconds. */
const REGISTER_MS = 2_500;
/** Sessions that are told of in one transaction: etcd takes 128 operations. */
const TOLD_AT_ONCE = 100;

/** What of the index it needs. */
export interface SessionKeeper {
  readonly remoteSessions: RemoteSessions;
  /** Ends the sessions of this server, which is cut off. */
  endSessions(): void;
}

/**
 * Registers the sessions of this server, each in one of the places that its user has in the whole fleet, and
 * tells the index of those of the others. What is registered hangs on the lease of this server.
 */
export class FleetSessions implements SessionRegistry, Follower, AsyncDisposable {
  readonly prefix = SESSIONS;
  readonly #fleet: Fleet;
  readonly #watcher: SessionWatcher;
  readonly #clocks: ServerClocks;
  readonly #own: OwnSessions;
  readonly #records: SessionRecords;
  readonly #places = new KnownPlaces();
  /** One registration of a user at a time: two would be after the same place. */
  readonly #turns = new KeyedMutex<string>();
  /** What was told before there was an index to tell of it. */
  readonly #early = new Map<string, Change>();
  readonly #closing = new AbortController();
  #keeper: SessionKeeper | undefined;
  #telling: Promise<void> | undefined;
  #looking: ReturnType<typeof setTimeout> | undefined;
  /** The place on whose lease the sessions hang; nothing while there may be none. */
  #place: Place | undefined;
  #toldClockAt = -Infinity;
  #refreshedAt = -Infinity;

  /** To be made before the fleet's feed is loaded. */
  constructor(fleet: Fleet, watcher: SessionWatcher = {}) {
    this.#fleet = fleet;
    this.#watcher = watcher;
    this.#own = new OwnSessions(fleet.sessionKeys);
    this.#records = new SessionRecords(fleet.etcd, fleet.secrets);
    this.#place = fleet.membership.place;
    this.#clocks = new ServerClocks(fleet.secrets, watcher);
    fleet.feed.add(this.#clocks);
    fleet.feed.add(this);
  }

  /** Begins to tell `keeper` of the sessions of others, and others of its own. */
  serve(keeper: SessionKeeper): void {
    this.#keeper = keeper;
    for (const change of this.#early.values()) this.apply(change);
    this.#early.clear();
    this.#telling = this.#tellAll();
    this.#watchPlace();
  }

  isConnected(now: number): boolean {
    const { membership } = this.#fleet;
    return this.#place === membership.place && membership.isIn(now);
  }

  /**
   * Ends the sessions of this server if it has lost its place, or has it no more for certain: others may be
   * told already that they are over. To be called whenever something comes, as a process may stand still.
   */
  look(now: number = performance.now()): void {
    if (this.isConnected(now)) return;
    const { membership } = this.#fleet;
    if (this.#place) {
      this.#keeper?.endSessions();
      this.#own.clear();
      this.#place = undefined;
    }
    if (!membership.isIn(now)) return;
    this.#place = membership.place;
    this.#toldClockAt = -Infinity;
  }

  async register(session: SealedSession): Promise<number | undefined> {
    const deadline = performance.now() + REGISTER_MS;
    const taken = await this.#turns.run(session.user, async () => {
      // Its client may have begun anew meanwhile.
      if (session.hasEnded) return undefined;
      return await this.#own.add(session, () => this.#take(session, deadline));
    });
    if (!taken) return undefined;
    await this.#fleet.feed.reaches(taken.revision, deadline - performance.now());
    return performance.now();
  }

  apply(change: Change): void {
    const { key, revision, value } = change;
    if (!this.#keeper) return void this.#early.set(key, change);
    const remote = this.#note(key, value, revision);
    if (!remote) return this.#keeper.remoteSessions.remove(key);
    const { server, session } = remote;
    this.#keeper.remoteSessions.put(key, session, this.#clocks.of(server), performance.now());
  }

  findMissing(isThere: (key: string) => boolean, revision: number): Promise<() => void> {
    const remotes = this.#keeper?.remoteSessions.keys() ?? [];
    const keys = new Set([...this.#early.keys(), ...remotes, ...this.#own.keys()]);
    const gone = [...keys].filter((key) => !isThere(key));
    return Promise.resolve(() => gone.forEach((key) => this.apply({ key, revision })));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#looking);
    await this.#telling;
  }

  /** By itself, as an etcd that does not answer keeps the telling waiting for longer than the place lasts. */
  #watchPlace(): void {
    const now = performance.now();
    this.look(now);
    const left = this.#fleet.membership.deadline - now;
    const ms = left > 0 ? Math.min(left, LOOK_MS) : LOOK_MS;
    this.#looking = setTimeout(() => this.#watchPlace(), ms);
  }

  /** Takes a place of the user; nothing if all are taken. What the watch has told mostly saves a question. */
  async #take(session: SealedSession, deadline: number): Promise<Registration | undefined> {
    const { former } = session.sealed;
    const below = this.#records.below(session.user);
    const isOver = (key: string) => this.#own.isOver(key, performance.now());
    let taken: readonly TakenPlace[] | undefined = this.#places.withFormer(below, former);
    for (let left = SESSIONS_PER_USER * 2; left > 0; left--) {
      const place = this.#place;
      if (!place || !this.isConnected(performance.now())) throw cutOff();
      const options = { ms: deadline - performance.now(), signal: this.#closing.signal };
      const isCertain = taken === undefined;
      const known = taken ?? await this.#records.taken(below, options);
      const free = choosePlace(known, { below, former, isOver });
      taken = undefined;
      if (!free && isCertain) return undefined;
      if (!free) continue;
      const put = { ...free, shared: this.#describe(session) };
      // Without the clock of this server others could not issue tickets for the first one.
      const clock = this.#toldClockAt === -Infinity ? [this.#clock(place)] : [];
      const revision = await this.#records.put(put, place, clock, options);
      if (revision !== undefined) return { ...put, revision };
    }
    return undefined;
  }

  #describe(session: SealedSession): SharedSession {
    return this.#keeper!.remoteSessions.describe(session, performance.now());
  }

  async #tellAll(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const isAll = await this.#tell().catch((error) => {
        if (!(error instanceof BitTrickleError)) throw error;
        if (isDefinite(error)) this.#watcher.onSessionFault?.(error.message);
        return true; // The next look tries it again.
      });
      if (isAll) await delay(LOOK_MS, { signal }).catch(() => {});
    }
  }

  /** Tells others what has changed of the sessions of this server, and its clock. Returns whether that was all. */
  async #tell(): Promise<boolean> {
    const now = performance.now();
    if (now - this.#refreshedAt >= REFRESH_MS) {
      this.#keeper!.remoteSessions.refresh(now);
      this.#refreshedAt = now;
    }
    if (!this.#place) return true;
    const describe = (session: SealedSession) => this.#describe(session);
    const corrections = this.#own.corrections(now, describe, TOLD_AT_ONCE);
    const isClockDue = now - this.#toldClockAt >= CLOCK_MS;
    await this.#send(this.#place, corrections, isClockDue);
    return corrections.length < TOLD_AT_ONCE;
  }

  async #send(
    place: Place,
    corrections: readonly Correction[],
    isClockDue: boolean,
  ): Promise<void> {
    if (!isClockDue && corrections.length === 0) return;
    const clock = isClockDue ? [this.#clock(place)] : [];
    const options = { signal: this.#closing.signal };
    const { isDone, revision, got } = await this.#records.correct(
      corrections,
      place,
      clock,
      options,
    );
    this.#watcher.onSessionFault?.(undefined);
    if (place !== this.#place) return;
    if (isDone && isClockDue) this.#toldClockAt = performance.now();
    if (isDone) return this.#own.corrected(corrections, revision);
    // One that is not as it was thought to be must not keep the others from being told.
    for (const [i, { key }] of corrections.entries()) {
      const there = got[i]?.[0];
      this.#note(key, there?.value, there?.revision ?? revision);
    }
  }

  /** Takes in what there is of this server at `key` since `revision`. Returns what is there of another one. */
  #note(
    key: string,
    value: Uint8Array | undefined,
    revision: number,
  ): RegisteredSession | undefined {
    const registered = value && this.#records.open(key, value);
    if (value && !registered) this.#watcher.onOddValue?.(key);
    if (value) this.#places.put({ key, revision, name: registered?.session.name });
    else this.#places.remove(key, revision);
    if (registered && registered.server === this.#place?.server) {
      this.#own.noticed(key, registered.session.name, revision);
      return undefined;
    }
    this.#own.deleted(key, revision);
    return registered;
  }

  #clock(place: Place): Operation {
    return putClock(this.#fleet.secrets, place);
  }
}

function cutOff(): BitTrickleError {
  return new BitTrickleError("network", "this server is cut off from etcd: try another one");
}
