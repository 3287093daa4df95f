/**
 * The lanes of one download that are at work.
 *
 * @module
 */

import { BACK_MS } from "../../protocol/limits.ts";
import type { Lane, LaneState } from "./lane.ts";

/** A lane whose source has come back, and when it must have received more than it had. */
interface Suspect {
  readonly received: number;
  readonly until: number;
}

/** Lanes at work. Times are milliseconds of a steady clock. */
export class Lanes {
  readonly #running = new Map<Lane, Promise<void>>();
  readonly #suspects = new Map<Lane, Suspect>();

  /** How many are at work. */
  get size(): number {
    return this.#running.size;
  }

  /** Whether one of them is doing `state`. */
  isAny(state: LaneState): boolean {
    return this.usersWhoAre(state).length > 0;
  }

  /** Whose lanes are doing `state`. */
  usersWhoAre(state: LaneState): string[] {
    return this.#running.keys().filter((lane) => lane.state === state).map(({ user }) => user)
      .toArray();
  }

  /** Whether bytes come. */
  get isMoving(): boolean {
    return this.#running.keys().some((lane) => lane.isMoving);
  }

  /** Looks how fast bytes come. */
  measure(now: number): void {
    for (const lane of this.#running.keys()) lane.measure(now);
  }

  /** Takes in `lane`, whose work `run` is; it may not fail. */
  add(lane: Lane, run: Promise<void>): void {
    this.#running.set(lane, run);
  }

  /** Takes in that `lane` has ended. */
  delete(lane: Lane): void {
    this.#running.delete(lane);
    this.#suspects.delete(lane);
  }

  /** Closes the lanes to `user`, but `spared`. */
  closeTo(user: string, spared: Lane): void {
    for (const lane of this.#running.keys()) {
      if (lane.user === user && lane !== spared && lane.state !== "telling") lane.close();
    }
  }

  /** Closes all. Comes to an end when all have ended. */
  async close(): Promise<void> {
    for (const lane of this.#running.keys()) lane.close();
    await Promise.all(this.#running.values());
  }

  /** Takes in that `users` are back: what they sent over an old connection may be lost for long. */
  suspect(users: readonly string[], now: number): void {
    for (const lane of this.#running.keys()) {
      const { received } = lane;
      if (received === undefined || !users.includes(lane.user)) continue;
      this.#suspects.set(lane, { received, until: now + BACK_MS });
    }
  }

  /** Gives up the connections to users who are back that have brought nothing since. */
  abandonSilent(now: number): void {
    for (const [lane, { received, until }] of this.#suspects) {
      const isAlive = lane.received !== received || lane.state === "working";
      if (!isAlive && now < until) continue;
      this.#suspects.delete(lane);
      if (!isAlive) lane.abandon();
    }
  }
}
