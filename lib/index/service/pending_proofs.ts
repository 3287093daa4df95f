/**
 * Challenges to which no proof has come.
 *
 * @module
 */

import { RecentMap } from "../../collections/recent_map.ts";
import { type Address, hostKey } from "../../protocol/address.ts";
import { LOGIN_STEP_MS } from "../../protocol/limits.ts";
import { CUT_OFF } from "../../protocol/sealed_datagram.ts";
import type { Reporter } from "./reporter.ts";

/** How many are waited for; a flood of others is told of at once. */
const MOST = 10_000;

/** What is told of those who have to wait. */
const WAITS = {
  busy: { code: 429, reason: "too many attempts" },
  unable: { code: 500, reason: CUT_OFF },
} as const;

interface Pending {
  readonly user: string;
  readonly from: Address;
  readonly until: number;
}

/**
 * In OPAQUE it is the client that finds out first that a password is wrong, and an honest one then goes
 * away. So a login has failed when nothing came in time.
 */
export class PendingProofs {
  readonly #reporter: Reporter;
  readonly #pending = new RecentMap<string, Pending>(MOST);

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  /** Records that `user` was asked for a proof at `now`, in milliseconds. */
  challenged(user: string, from: Address, now: number): void {
    if (!this.#reporter.isHeard) return;
    const key = keyOf(user, from);
    // A hello is sent again until it is answered: that is one attempt.
    if (!this.#pending.has(key)) this.#pending.set(key, { user, from, until: now + LOGIN_STEP_MS });
  }

  /** Records that `user` has proven the password. */
  proven(user: string, from: Address): void {
    this.#pending.delete(keyOf(user, from));
  }

  /** Tells why `user` has to wait. */
  refused(why: keyof typeof WAITS, user: string, from: Address, now: number): void {
    const login = { kind: "failed", verb: "login", ...WAITS[why] } as const;
    this.#reporter.tell({ ...login, from, user, since: now }, "stranger");
  }

  /** Tells of those whose time is over at `now`. */
  expire(now: number): void {
    for (const { user, from } of this.#pending.takeOldest(({ until }) => until < now)) {
      this.#reporter.tell({ kind: "unproven", from, user }, "stranger");
    }
  }
}

function keyOf(user: string, { hostname }: Address): string {
  return `${hostKey(hostname)} ${user}`;
}
