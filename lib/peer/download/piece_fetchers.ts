/**
 * The piece fetchers of one download that are at work.
 *
 * @module
 */

import { BACK_MS } from "../../protocol/limits.ts";
import type { FetcherState, PieceFetcher } from "./piece_fetcher.ts";

/** A fetcher whose source has come back, and when it must have received more than it had. */
interface Suspect {
  readonly received: number;
  readonly until: number;
}

/** Fetchers at work. Times are milliseconds of a steady clock. */
export class PieceFetchers {
  readonly #running = new Map<PieceFetcher, Promise<void>>();
  readonly #suspects = new Map<PieceFetcher, Suspect>();

  /** How many are at work. */
  get size(): number {
    return this.#running.size;
  }

  /** Whether one of them is doing `state`. */
  isAny(state: FetcherState): boolean {
    return this.usersWhoAre(state).length > 0;
  }

  /** Whose fetchers are doing `state`. */
  usersWhoAre(state: FetcherState): string[] {
    return this.#running.keys().filter((fetcher) => fetcher.state === state).map(({ user }) => user)
      .toArray();
  }

  /** Whether bytes come. */
  get isMoving(): boolean {
    return this.#running.keys().some((fetcher) => fetcher.isMoving);
  }

  /** Looks how fast bytes come. */
  measure(now: number): void {
    for (const fetcher of this.#running.keys()) fetcher.measure(now);
  }

  /** Takes in `fetcher`, whose work `run` is; it may not fail. */
  add(fetcher: PieceFetcher, run: Promise<void>): void {
    this.#running.set(fetcher, run);
  }

  /** Takes in that `fetcher` has ended. */
  delete(fetcher: PieceFetcher): void {
    this.#running.delete(fetcher);
    this.#suspects.delete(fetcher);
  }

  /** Closes the connections to `user`, but `spared`. */
  closeTo(user: string, spared: PieceFetcher): void {
    for (const fetcher of this.#running.keys()) {
      if (fetcher.user === user && fetcher !== spared && fetcher.state !== "telling") {
        fetcher.close();
      }
    }
  }

  /** Closes all. Comes to an end when all have ended. */
  async close(): Promise<void> {
    for (const fetcher of this.#running.keys()) fetcher.close();
    await Promise.all(this.#running.values());
  }

  /** Takes in that `users` are back: what they sent over an old connection may be lost for long. */
  suspect(users: readonly string[], now: number): void {
    for (const fetcher of this.#running.keys()) {
      const { received } = fetcher;
      if (received === undefined || !users.includes(fetcher.user)) continue;
      this.#suspects.set(fetcher, { received, until: now + BACK_MS });
    }
  }

  /** Gives up the connections to users who are back that have brought nothing since. */
  abandonSilent(now: number): void {
    for (const [fetcher, { received, until }] of this.#suspects) {
      const isAlive = fetcher.received !== received || fetcher.state === "working";
      if (!isAlive && now < until) continue;
      this.#suspects.delete(fetcher);
      if (!isAlive) fetcher.abandon();
    }
  }
}
