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

interface Failures {
  /** Whose share of the memory it takes, if it is that of one user at one host. */
  readonly host: string | undefined;
  readonly count: number;
  /** What the latest attempt was recognised by, where one may come twice. */
  readonly attempt: string | undefined;
  /** When the latest attempt was made. */
  readonly at: number;
  /** When the next attempt is heard. */
  until: number;
}

/** How many failures a {@linkcode LoginThrottle} remembers. */
export interface ThrottleLimits {
  /** Users of one host. */
  readonly usersPerHost: number;
  /** Users and hosts in all. */
  readonly inAll: number;
  /** Counts that further hosts share. */
  readonly neighbourhoods: number;
}

/**
 * Slows down guessing: after some free attempts, each further failed login of one user from one
 * host doubles the wait before the next. Nobody is ever locked out from another host.
 *
 * What makes somebody wait is never forgotten to make room for strangers. Users for whom there is no
 * room are counted together: those of a host that has used up its share, and, when all room is used
 * up, those of all further hosts whose addresses begin alike.
 */
export class LoginThrottle {
  readonly #limits: ThrottleLimits;
  /** Those whose latest attempt is oldest come first. */
  readonly #failures = new RecentMap<string, Failures>();
  readonly #users = new Tally();

  constructor(limits: ThrottleLimits = REMEMBERED_FAILURES) {
    this.#limits = limits;
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
    const failures = this.#failures.get(this.#keyOf(user, hostKey(hostname)));
    if (!failures || isLatest(failures, attempt)) return 0;
    return Math.max(0, failures.until - now);
  }

  /** Counts an attempt that failed, or that has failed unless {@linkcode succeeded} follows. */
  failed(user: string, hostname: string, now: number, attempt?: string): void {
    this.#forgetOld(now);
    const host = hostKey(hostname);
    const key = this.#keyOf(user, host);
    const earlier = this.#failures.get(key);
    if (earlier && isLatest(earlier, attempt)) return;
    this.#forget(key);
    const count = (earlier?.count ?? 0) + 1;
    const owner = key === pairOf(user, host) ? host : undefined;
    this.#remember(key, { host: owner, count, attempt, at: now, until: now + waitAfter(count) });
  }

  /** Forgets the failures of `user` at `hostname`. Of those counted together, the wait ends. */
  succeeded(user: string, hostname: string): void {
    const key = this.#keyOf(user, hostKey(hostname));
    const failures = this.#failures.get(key);
    if (failures?.host !== undefined) this.#forget(key);
    else if (failures) failures.until = -Infinity;
  }

  /** What is counted already goes before what there may be room for: counting never begins anew. */
  #keyOf(user: string, host: string): string {
    const { usersPerHost, inAll, neighbourhoods } = this.#limits;
    const keys = [pairOf(user, host), host, neighbourhoodOf(host, neighbourhoods)] as const;
    const known = keys.find((key) => this.#failures.has(key));
    if (known !== undefined) return known;
    if (this.#failures.size >= inAll) return keys[2];
    return this.#users.of(host) < usersPerHost ? keys[0] : keys[1];
  }

  #remember(key: string, failures: Failures): void {
    this.#failures.set(key, failures);
    if (failures.host !== undefined) this.#users.add(failures.host, 1);
  }

  #forget(key: string): void {
    const failures = this.#failures.get(key);
    this.#failures.delete(key);
    this.#release(failures?.host);
  }

  #forgetOld(now: number): void {
    const old = this.#failures.takeOldest(({ at }) => now - at > FAILURES_REMEMBERED_MS);
    for (const { host } of old) this.#release(host);
  }

  #release(host: string | undefined): void {
    if (host !== undefined) this.#users.add(host, -1);
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
