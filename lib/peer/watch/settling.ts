/**
 * Waiting until files stop changing. Pure: time is an argument.
 *
 * @module
 */

/**
 * A file counts as it is when it has looked the same at two looks so far apart, in milliseconds: longer
 * than a program that writes a file pauses, and short enough that others find it within five seconds.
 */
export const SETTLE_MS = 1_500;

/** A file that has changed. */
interface Pending {
  /** What it was like at the last look; nothing if it was not there. */
  readonly state: string | undefined;
  /** The first look at which it was like that, in milliseconds. */
  readonly since: number;
}

/** Files that have changed and may go on changing. */
export class Settling {
  readonly #pending = new Map<string, Pending>();

  /** How many files may be changing. */
  get size(): number {
    return this.#pending.size;
  }

  /**
   * Takes in a look at the file `name` at the time `now`. Returns whether it has stopped changing: then
   * it is forgotten until it changes again.
   *
   * @param isOld Whether the file says that it has not changed for {@linkcode SETTLE_MS}: that counts as
   * a look before
   */
  look(name: string, state: string | undefined, now: number, isOld = false): boolean {
    if (isOld && state !== undefined) {
      this.#pending.delete(name);
      return true;
    }
    const before = this.#pending.get(name);
    if (!before || before.state !== state) {
      this.#pending.set(name, { state, since: now });
      return false;
    }
    if (now - before.since < SETTLE_MS) return false;
    this.#pending.delete(name);
    return true;
  }

  /** Takes in that the file `name` could not be looked at, at the time `now`: it is due again later. */
  postpone(name: string, now: number): void {
    const pending = this.#pending.get(name);
    if (pending) this.#pending.set(name, { ...pending, since: now });
  }

  /** The names of the files that have to be looked at again at the time `now`. */
  due(now: number): string[] {
    const due: string[] = [];
    for (const [name, { since }] of this.#pending) if (since + SETTLE_MS <= now) due.push(name);
    return due;
  }

  /** When the next file is due; `Infinity` if there is none. */
  get nextDue(): number {
    let next = Infinity;
    for (const { since } of this.#pending.values()) next = Math.min(next, since + SETTLE_MS);
    return next;
  }
}
