/**
 * The piece fetchers of one download that are at work.
 *
 * @module
 */

import { BACK_MS } from "../../protocol/download_limits.ts";
import { TRICKLE_MS } from "../../protocol/limits.ts";
import type { PieceFetcher } from "./piece_fetcher.ts";
import type { FetcherState } from "./piece_request.ts";

/** A fetcher whose connection may be lost, and when it must have received more than it had. */
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

  /** How many pieces they are busy with, or will be as soon as they are connected. */
  get pieces(): number {
    return this.#running.keys().reduce((sum, { pieces }) => sum + Math.max(1, pieces), 0);
  }

  /** How many bytes of pieces that are not complete have come. One that is raced counts once. */
  get arriving(): number {
    const most = new Map<number, number>();
    for (const { piece, arrived } of this.#running.keys().flatMap(({ requests }) => requests)) {
      if (piece !== undefined) most.set(piece, Math.max(arrived, most.get(piece) ?? 0));
    }
    return most.values().reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Whether one of them is doing `state`. */
  isAny(state: FetcherState): boolean {
    return this.#running.keys().some((fetcher) => fetcher.state === state);
  }

  /** How many users send. */
  get senders(): number {
    return new Set(this.#running.keys().filter(isSending).map(({ user }) => user)).size;
  }

  /** Those that are doing `state`. */
  whoAre(state: FetcherState): PieceFetcher[] {
    return this.#running.keys().filter((fetcher) => fetcher.state === state).toArray();
  }

  /** Whose fetchers are doing `state`. */
  usersWhoAre(state: FetcherState): string[] {
    return this.whoAre(state).map(({ user }) => user);
  }

  /** One that has brought nothing since `since` and fetches from a partial source, if there is one. */
  idleSince(since: number): PieceFetcher | undefined {
    return this.#running.keys().find((fetcher) => {
      return fetcher.isPartial && fetcher.state === "idle" && fetcher.broughtAt < since;
    });
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

  /** Closes the other connections to the source that `fetcher` fetches from. */
  closeOthersOf(fetcher: PieceFetcher): void {
    for (const other of this.#running.keys()) {
      if (other.id === fetcher.id && other !== fetcher && other.state !== "telling") other.close();
    }
  }

  /** Closes all. Comes to an end when all have ended. */
  async close(): Promise<void> {
    for (const fetcher of this.#running.keys()) fetcher.close();
    await Promise.all(this.#running.values());
  }

  /**
   * Takes in that the sources with these `ids`, or all, can be reached again, or in another way: what
   * was sent over an old connection may be lost, for long or for ever.
   */
  suspect(now: number, ids?: readonly string[]): void {
    for (const fetcher of this.#running.keys()) {
      const { received } = fetcher;
      if (received === undefined || ids && !ids.includes(fetcher.id)) continue;
      // Whoever moves again and again is not waited for again and again.
      if (this.#suspects.get(fetcher)?.received === received) continue;
      // Who waits in a queue hears something every now and then.
      const silentMs = BACK_MS + (fetcher.state === "queued" ? TRICKLE_MS : 0);
      this.#suspects.set(fetcher, { received, until: now + silentMs });
    }
  }

  /** Gives up the suspected connections that have brought nothing since. */
  abandonSilent(now: number): void {
    for (const [fetcher, { received, until }] of this.#suspects) {
      const isAlive = fetcher.received !== received || fetcher.state === "working";
      if (!isAlive && now < until) continue;
      this.#suspects.delete(fetcher);
      if (!isAlive) fetcher.abandon();
    }
  }
}

/** Whether bytes come, or have just come and are looked at. */
function isSending({ isMoving, state, requests }: PieceFetcher): boolean {
  return isMoving || state === "working" ||
    Iterator.from(requests).some(({ arrived }) => arrived > 0);
}
