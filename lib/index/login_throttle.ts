/**
 * How often a password may be guessed.
 *
 * @module
 */

import { FREE_LOGIN_ATTEMPTS, LOGIN_WAIT_MS, REMEMBERED_FAILURES } from "../protocol/limits.ts";

interface Failures {
  readonly count: number;
  /** When the next attempt is heard. */
  readonly until: number;
}

/**
 * Slows down guessing: after some free attempts, each further failed login of one user from one
 * host doubles the wait before the next. Nobody is ever locked out from another host.
 */
export class LoginThrottle {
  readonly #failures = new Map<string, Failures>();

  /** How many milliseconds `user` at `host` has to wait before an attempt is heard, or 0. */
  wait(user: string, host: string, now: number): number {
    return Math.max(0, (this.#failures.get(keyOf(user, host))?.until ?? 0) - now);
  }

  /** Counts a failed attempt. */
  failed(user: string, host: string, now: number): void {
    const key = keyOf(user, host);
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, until: now + waitAfter(count) });
    if (this.#failures.size > REMEMBERED_FAILURES) this.#forgetOldest();
  }

  /** Forgets the failures of `user` at `host`. */
  succeeded(user: string, host: string): void {
    this.#failures.delete(keyOf(user, host));
  }

  #forgetOldest(): void {
    const [oldest] = this.#failures.keys();
    this.#failures.delete(oldest!);
  }
}

function waitAfter(failures: number): number {
  if (failures < FREE_LOGIN_ATTEMPTS) return 0;
  const doublings = Math.min(failures - FREE_LOGIN_ATTEMPTS, 10);
  return Math.min(LOGIN_WAIT_MS.first * 2 ** doublings, LOGIN_WAIT_MS.longest);
}

function keyOf(user: string, host: string): string {
  return `${user} ${host}`;
}
