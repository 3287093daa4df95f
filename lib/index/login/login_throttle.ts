/**
 * How often a password may be guessed.
 *
 * @module
 */

import { hostKey } from "../../protocol/address.ts";
import {
  FAILURES_REMEMBERED_MS,
  FREE_LOGIN_ATTEMPTS,
  LOGIN_WAIT_MS,
  REMEMBERED_FAILURES,
} from "../../protocol/limits.ts";
import { RecentMap } from "../../collections/recent_map.ts";
import { Tally } from "../../collections/tally.ts";
import { LoginsUnderWay } from "./logins_under_way.ts";

interface Failures {
  /** Whose share of the memory it takes, if it is that of one user who was not let in there before. */
  readonly host: string | undefined;
  readonly count: number;
  /** What the latest attempt was recognised by, where one may come twice. */
  readonly attempt: string | undefined;
  /** When the latest attempt was made. */
  readonly at: number;
  /** When the next attempt is heard. */
  until: number;
}

interface Attempt extends Pick<Failures, "attempt"> {
  /** The user and the host. */
  readonly pair: string;
  readonly host: string;
  readonly now: number;
}

/** How many failures a {@linkcode LoginThrottle} remembers. */
export interface ThrottleLimits {
  /** Users of one host who have failed. */
  readonly usersPerHost: number;
  /** Users of one host whose first login is under way. */
  readonly underWayPerHost: number;
  /** Users who were let in, and from where. */
  readonly letIn: number;
  /** Users and hosts in all. */
  readonly inAll: number;
  /** Counts that further hosts share. */
  readonly neighbourhoods: number;
}

/**
 * Slows down guessing: after some free attempts, each further failed login of one user from one
 * host doubles the wait before the next. Nobody is ever locked out from another host.
 *
 * A login that has begun counts for its user at once, so that guesses made at the same time are no
 * more than others; for its host it counts as a failure only when it can no longer succeed, and not at
 * all if the user was let in there before: a class whose network fails is no guesser.
 *
 * What makes somebody wait is never forgotten to make room for strangers. Users for whom there is no
 * room are counted together: those of a host that has used up its share, and, when all room is used
 * up, those of all further hosts whose addresses begin alike.
 */
export class LoginThrottle {
  readonly #limits: ThrottleLimits;
  /** Those whose latest attempt is oldest come first. */
  readonly #failures = new RecentMap<string, Failures>();
  /** Users of each host who have failed. */
  readonly #users = new Tally();
  readonly #underWay = new LoginsUnderWay();
  /** Users with the hosts at which they were let in. */
  readonly #letIn: RecentMap<string, true>;

  constructor(limits: ThrottleLimits = REMEMBERED_FAILURES) {
    this.#limits = limits;
    this.#letIn = new RecentMap(limits.letIn);
  }

  /** How many counts are kept. */
  get size(): number {
    return this.#failures.size;
  }

  /**
   * How many milliseconds `user` at `hostname` has to wait before an attempt is heard, or 0. The
   * latest attempt, recognised by `attempt`, may come again at once.
   */
  wait(user: string, hostname: string, now: number, attempt?: string): number {
    this.#settle(now);
    const host = hostKey(hostname);
    const failures = this.#failures.get(this.#keyOf(pairOf(user, host), host));
    if (!failures || isLatest(failures, attempt)) return 0;
    return Math.max(0, failures.until - now);
  }

  /** Counts an attempt that has begun, and has failed unless {@linkcode succeeded} follows in time. */
  begun(user: string, hostname: string, now: number, attempt?: string): void {
    this.#settle(now);
    const host = hostKey(hostname);
    const pair = pairOf(user, host);
    const hasRoom = this.#underWay.of(host) < this.#limits.underWayPerHost;
    const isNew = this.#count(this.#keyOf(pair, host, hasRoom), { pair, host, now, attempt });
    if (isNew) this.#underWay.begin(pair, host, now);
  }

  /** Counts an attempt that has failed. */
  failed(user: string, hostname: string, now: number, attempt?: string): void {
    this.#settle(now);
    const host = hostKey(hostname);
    const pair = pairOf(user, host);
    if (this.#underWay.end(pair)) this.#fail(pair, host, now);
    const isNew = this.#count(this.#keyOf(pair, host), { pair, host, now, attempt });
    if (isNew) this.#users.add(host, 1);
  }

  /** Forgets the failures of `user` at `hostname`. Of those counted together, the wait ends. */
  succeeded(user: string, hostname: string): void {
    const host = hostKey(hostname);
    const pair = pairOf(user, host);
    const key = this.#keyOf(pair, host);
    const failures = this.#failures.get(key);
    this.#letIn.set(pair, true);
    if (failures && key !== pair) failures.until = -Infinity;
    if (!failures || key !== pair) return;
    this.#failures.delete(pair);
    if (!this.#underWay.end(pair)) this.#release(failures.host);
  }

  /**
   * What is counted already goes before what there may be room for: counting never begins anew.
   *
   * @param hasRoom Whether there is room for a login under way, if it is one
   */
  #keyOf(pair: string, host: string, hasRoom = true): string {
    const { usersPerHost, inAll, neighbourhoods } = this.#limits;
    const keys = [pair, host, neighbourhoodOf(host, neighbourhoods)] as const;
    const isLetIn = this.#letIn.has(pair);
    const known = keys.find((key) => this.#failures.has(key) && !(isLetIn && key === host));
    if (known !== undefined) return known;
    if (this.#failures.size >= inAll) return keys[2];
    return isLetIn || hasRoom && this.#users.of(host) < usersPerHost ? keys[0] : keys[1];
  }

  /** Returns whether a user is counted for the first time who takes a share of the host's. */
  #count(key: string, { pair, host, now, attempt }: Attempt): boolean {
    const earlier = this.#failures.get(key);
    if (earlier && isLatest(earlier, attempt)) return false;
    const count = (earlier?.count ?? 0) + 1;
    const takesShare = key === pair && !this.#letIn.has(pair);
    const owner = earlier ? earlier.host : takesShare ? host : undefined;
    const until = now + waitAfter(count);
    this.#failures.set(key, { host: owner, count, attempt, at: now, until });
    return owner !== undefined && earlier === undefined;
  }

  /** Brings everything up to `now`. */
  #settle(now: number): void {
    for (const { key, host } of this.#underWay.takeLate(now)) this.#fail(key, host, now);
    const old = this.#failures.takeOldest(({ at }) => now - at > FAILURES_REMEMBERED_MS);
    for (const { host } of old) this.#release(host);
  }

  #release(host: string | undefined): void {
    if (host !== undefined) this.#users.add(host, -1);
  }

  /** Takes in that a login under way has failed: without room for it, it counts with others. */
  #fail(key: string, host: string, now: number): void {
    if (this.#users.of(host) < this.#limits.usersPerHost) return this.#users.add(host, 1);
    const own = this.#failures.get(key)!;
    const shared = this.#failures.get(host);
    this.#failures.delete(key);
    const count = own.count + (shared?.count ?? 0);
    const until = Math.max(own.at + waitAfter(count), shared?.until ?? -Infinity);
    this.#failures.set(host, { host: undefined, count, attempt: undefined, at: now, until });
  }
}

function isLatest(failures: Failures, attempt: string | undefined): boolean {
  return attempt !== undefined && failures.attempt === attempt;
}

function waitAfter(failures: number): number {
  if (failures < FREE_LOGIN_ATTEMPTS) return 0;
  const doublings = Math.min(failures - FREE_LOGIN_ATTEMPTS, 10);
  return Math.min(LOGIN_WAIT_MS.first * 2 ** doublings, LOGIN_WAIT_MS.longest);
}

/** Neither holds a space. */
function pairOf(user: string, host: string): string {
  return `${user} ${host}`;
}

/** One of `count` for the first two parts of an address: who owns many addresses has neighbours. */
function neighbourhoodOf(host: string, count: number): string {
  let hash = 0;
  for (const character of host.split(/[.:]/, 2).join(".")) {
    hash = (31 * hash + character.charCodeAt(0)) % count;
  }
  return `neighbourhood ${hash}`;
}
