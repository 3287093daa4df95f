/**
 * Logins that have begun and neither succeeded nor failed yet.
 *
 * @module
 */

import { RecentMap } from "../../collections/recent_map.ts";
import { Tally } from "../../collections/tally.ts";
import { LOGIN_STEP_MS } from "../../protocol/limits.ts";

/** The first login of a user at a host, which is known there by nothing else. */
export interface LoginUnderWay {
  readonly key: string;
  readonly host: string;
  /** When it can no longer succeed. */
  readonly until: number;
}

/** Remembers logins for as long as they can succeed, and how many there are of each host. */
export class LoginsUnderWay {
  /** Those that end first have begun first. */
  readonly #logins = new RecentMap<string, LoginUnderWay>();
  readonly #ofHost = new Tally();

  /** How many there are of `host`. */
  of(host: string): number {
    return this.#ofHost.of(host);
  }

  /** Takes in that a login called `key` has begun at `now`, in milliseconds. */
  begin(key: string, host: string, now: number): void {
    this.#logins.set(key, { key, host, until: now + LOGIN_STEP_MS });
    this.#ofHost.add(host, 1);
  }

  /** Forgets the login called `key`. Returns whether there was one. */
  end(key: string): boolean {
    const login = this.#logins.get(key);
    if (!login) return false;
    this.#logins.delete(key);
    this.#ofHost.add(login.host, -1);
    return true;
  }

  /** Takes out those that can no longer succeed at `now`. */
  takeLate(now: number): readonly LoginUnderWay[] {
    const late = this.#logins.takeOldest(({ until }) => until < now);
    for (const { host } of late) this.#ofHost.add(host, -1);
    return late;
  }
}
