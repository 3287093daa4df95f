/**
 * What the log of the index tells of sessions.
 *
 * @module
 */

import type { AddressChange } from "./address_changes.ts";

/** A change that has happened. */
export interface DoneChange {
  readonly change: AddressChange;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** How a session has come after its client. */
export interface Moved {
  readonly user: string;
  readonly kind: AddressChange["kind"];
  /** From the change to the proof, in milliseconds; nothing if another change was quicker. */
  readonly ms: number | undefined;
  readonly wasOvertaken: boolean;
}

interface LogLine {
  readonly time: string;
  readonly event: string;
  readonly verb?: string;
  readonly user?: string;
}

/** The lines of a log in JSON that tell of answers. */
export class IndexLog {
  readonly #answers: readonly LogLine[];

  constructor(text: string) {
    const lines: LogLine[] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
    this.#answers = lines.filter(({ event }) => event === "answered");
  }

  /** How many requests of sessions were answered. */
  get requests(): number {
    return this.#answers.length;
  }

  /** How often `user` was logged in. */
  loginsOf(user: string): number {
    return this.#of(user, "login").length;
  }

  /** How long it took until each session had come after its client. */
  movesAfter(changes: readonly DoneChange[]): Moved[] {
    return changes.flatMap(({ change: { kind, users }, at }, i) => {
      return users.map((user) => {
        const next = changes.slice(i + 1).find(({ change }) => change.users.includes(user));
        const proof = this.#proofOf(user, at, next?.at ?? Infinity);
        const ms = proof === undefined ? undefined : proof - at;
        return { user, kind, ms, wasOvertaken: ms === undefined && next !== undefined };
      });
    });
  }

  #proofOf(user: string, from: number, to: number): number | undefined {
    const times = this.#of(user, "move").map(({ time }) => Date.parse(time));
    return times.find((time) => time >= from && time < to);
  }

  #of(user: string, verb: string): LogLine[] {
    return this.#answers.filter((line) => line.user === user && line.verb === verb);
  }
}
