/**
 * A client that asks all the time who is there.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { JsonShell } from "./json_shell.ts";

/** Pause between two questions, in milliseconds. */
const PAUSE_MS = 50;
/** Longer than any answer takes. */
const ANSWER_MS = 10_000;

/** Measures for how long anybody is missed. */
export class LapWatcher {
  readonly #shell: JsonShell;
  readonly #lastSeen: Map<string, number>;
  readonly #longest: Map<string, number>;
  readonly #missing = new Set<string>();
  laps = 0;

  /** @param shell A client of somebody else than `users`, all of whom are there. */
  constructor(shell: JsonShell, users: readonly string[]) {
    this.#shell = shell;
    this.#lastSeen = new Map(users.map((user) => [user, performance.now()]));
    this.#longest = new Map(users.map((user) => [user, 0]));
  }

  /** The longest absence of each user in milliseconds; 0 of those who were in every answer. */
  get absences(): ReadonlyMap<string, number> {
    return this.#longest;
  }

  /** Asks until `over`. */
  async watch(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const asked = performance.now();
      const { items = [] } = await this.#shell.run("lap", ANSWER_MS);
      this.#take(new Set(items), asked);
      await delay(PAUSE_MS);
    }
  }

  /** An absence lasts from the last answer with a user until the question that finds the user again. */
  #take(there: ReadonlySet<string>, asked: number): void {
    this.laps++;
    for (const [user, since] of this.#lastSeen) {
      const isThere = there.has(user);
      if (!isThere || this.#missing.has(user)) this.#note(user, asked - since);
      if (isThere) this.#lastSeen.set(user, performance.now());
      if (isThere) this.#missing.delete(user);
      else this.#missing.add(user);
    }
  }

  #note(user: string, ms: number): void {
    this.#longest.set(user, Math.max(ms, this.#longest.get(user)!));
  }
}
