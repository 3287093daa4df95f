/**
 * Attempts to log in that failed lately.
 *
 * @module
 */

import type { ServiceEvent } from "../../index/service/service_event.ts";
import type { FailedLogin, Part } from "./status.ts";

/** Attempts that are remembered: who guesses more often shows up as one who does. */
const MOST = 200;

/** What cannot be told of a login in protocol 2: its client is gone before it would be refused. */
const UNPROVEN = "the password was not proven";

/** Remembers the newest ones, and counts all. */
export class FailedLogins {
  readonly #logins: { readonly time: number; readonly event: Omit<FailedLogin, "time"> }[] = [];
  #next = 0;
  #total = 0;

  /** Takes in `event`, which has just happened, if it is about one. */
  hear(event: ServiceEvent): void {
    if (event.kind === "unproven") this.#add(event, UNPROVEN);
    if (event.kind === "failed" && event.verb === "login") {
      this.#add(event, event.reason ?? `refused, ${event.code}`);
    }
  }

  /** The first `most` of them, the latest first. */
  latest(most: number): Part<FailedLogin> {
    const { length } = this.#logins;
    const rows = Array.from({ length: Math.min(most, length) }, (_, i) => {
      const { time, event } = this.#logins[(this.#next - 1 - i + 2 * MOST) % MOST]!;
      return { time: new Date(time).toISOString(), ...event };
    });
    return { total: this.#total, rows };
  }

  #add(
    { user, from }: { user: string; from: { hostname: string } },
    reason: string,
  ): void {
    this.#logins[this.#next] = { time: Date.now(), event: { user, host: from.hostname, reason } };
    this.#next = (this.#next + 1) % MOST;
    this.#total++;
  }
}
