/**
 * How often the administrator's password may be guessed, and by how much work at a time.
 *
 * @module
 */

import { TokenBucket } from "../../async/token_bucket.ts";
import { LoginThrottle } from "../../index/login/login_throttle.ts";
import { isLoopback } from "../../protocol/address.ts";

/**
 * Attempts of all other machines together: each costs a third of a second of a thread. This machine
 * has its own, so that no flood from elsewhere keeps out who sits at the server.
 */
const FROM_ELSEWHERE = { perSecond: 1, burst: 5 } as const;
/** Most attempts that wait for their turn; so many take three seconds. */
const MOST_WAITING = 8;
/** Under which name the throttle counts. */
const USER = "administrator";

/** What becomes of an attempt. */
export type Attempt = "right" | "wrong" | { readonly waitMs: number };

/** Lets attempts through, one at a time. */
export class LoginGate {
  readonly #throttle = new LoginThrottle();
  readonly #elsewhere: TokenBucket;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @param now Milliseconds, as everywhere here */
  constructor(now: number) {
    this.#elsewhere = new TokenBucket(FROM_ELSEWHERE, now);
  }

  /** Makes an attempt from `hostname` by `check`, unless there have been too many. */
  async attempt(
    hostname: string,
    now: number,
    check: () => Promise<boolean>,
  ): Promise<Attempt> {
    const waitMs = this.#throttle.wait(USER, hostname, now);
    if (waitMs > 0) return { waitMs };
    const isHeard = this.#waiting < MOST_WAITING &&
      (isLoopback(hostname) || this.#elsewhere.take(now));
    if (!isHeard) return { waitMs: 1_000 };
    // Those that are made at once count, too.
    this.#throttle.begun(USER, hostname, now);
    if (!await this.#inTurn(check)) return "wrong";
    this.#throttle.succeeded(USER, hostname);
    return "right";
  }

  async #inTurn(check: () => Promise<boolean>): Promise<boolean> {
    this.#waiting++;
    const result = this.#turn.then(check).finally(() => this.#waiting--);
    this.#turn = result.catch(() => {});
    return await result;
  }
}
