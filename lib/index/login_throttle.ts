/**
 * How often a password may be guessed.
 *
 * @module
 */

import { FREE_LOGIN_ATTEMPTS, LOGIN_WAIT_MS, REMEMBERED_FAILURES } from "../protocol/limits.ts";

interface Failures {
  readonly count: number;
  /** What the latest attempt was recognised by, where one may come twice. */
  readonly attempt: string | undefined;
  /** When the next attempt is heard. */
  readonly until: number;
}

/**
 * Slows down guessing: after some free attempts, each further failed login of one user from one
 * host doubles the wait before the next. Nobody is ever locked out from another host.
 */
export class LoginThrottle {
  readonly #failures = new Map<string, Failures>();

  /**
   * How many milliseconds `user` at `host` has to wait before an attempt is heard, or 0. The latest
   * attempt, recognised by `attempt`, may come again at once.
   */
  wait(user: string, host: string, now: number, attempt?: string): number {
    const failures = this.#failures.get(keyOf(user, host));
    if (!failures || isLatest(failures, attempt)) return 0;
    return Math.max(0, failures.until - now);
  }

  /** Counts an attempt that failed, or that has failed unless {@linkcode succeeded} follows. */
  failed(user: string, host: string, now: number, attempt?: string): void {
    const key = keyOf(user, host);
    const earlier = this.#failures.get(key);
    if (earlier && isLatest(earlier, attempt)) return;
    const count = (earlier?.count ?? 0) + 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, attempt, until: now + waitAfter(count) });
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

function isLatest(failures: Failures, attempt: string | undefined): boolean {
  return attempt !== undefined && failures.attempt === attempt;
}

function waitAfter(failures: number): number {
  if (failures < FREE_LOGIN_ATTEMPTS) return 0;
  const doublings = Math.min(failures - FREE_LOGIN_ATTEMPTS, 10);
  return Math.min(LOGIN_WAIT_MS.first * 2 ** doublings, LOGIN_WAIT_MS.longest);
}

function keyOf(user: string, host: string): string {
  return `${user} ${host}`;
}
