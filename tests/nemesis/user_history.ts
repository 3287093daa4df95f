/**
 * The commands of one user, and whether others saw them as they happened.
 *
 * @module
 */

import type { Command, View } from "./history.ts";

/** One name: where its commands are in the order of all of its user. */
interface Name {
  readonly name: string;
  readonly pub: number;
  /** Infinity if it was never withdrawn. */
  readonly unp: number;
}

/** What one observer knows. */
interface Known {
  /** The last command that is known to be in effect, if it is acknowledged. */
  floor: number;
  readonly seen: Set<string>;
  /** Names of which it is known that they are not published, and never will be again. */
  readonly gone: Set<string>;
}

/** Checks views of what one user publishes. */
export class UserHistory {
  readonly #commands: readonly Command[];
  readonly #names: readonly Name[];
  readonly #known = new Map<string, Known>();
  /** When each name began to be published. */
  readonly #began: ReadonlyMap<string, number>;
  /** For each command the next one that is acknowledged. */
  readonly #nextDone: readonly number[];

  /** @param commands In the order in which the user gave them, one after the other */
  constructor(commands: readonly Command[]) {
    this.#commands = commands;
    const unp = new Map<string, number>();
    commands.forEach(({ verb, name }, at) => verb === "unp" && unp.set(name, at));
    this.#began = new Map(
      commands.flatMap(({ verb, name, began }) => verb === "pub" ? [[name, began]] : []),
    );
    this.#nextDone = nextDone(commands);
    this.#names = commands.flatMap(({ verb, name }, pub) => {
      return verb === "pub" ? [{ name, pub, unp: unp.get(name) ?? Infinity }] : [];
    });
  }

  /**
   * What is wrong with `view`, which has at least what was acknowledged before `at`. Those of one observer
   * come in their order.
   */
  look(view: View, at: number): string[] {
    const known = this.#knownBy(view.observer);
    const names = new Set(view.names);
    known.floor = Math.max(known.floor, this.#acknowledgedBefore(at));
    this.#raise(known, names);
    const wrong = [
      ...this.#names.flatMap((it) => this.#faultOf(it, names.has(it.name), known) ?? []),
      ...view.names.filter((name) => !this.#isPublishedBefore(name, view.ended)).map((name) => {
        return `${name} was never published`;
      }),
    ];
    this.#remember(known, names);
    const where = `${view.observer} sees of ${view.of} at ${view.ended.toFixed(0)}`;
    return wrong.map((reason) => `${where}: ${reason}`);
  }

  #knownBy(observer: string): Known {
    const known = this.#known.get(observer) ??
      { floor: -1, seen: new Set<string>(), gone: new Set<string>() };
    this.#known.set(observer, known);
    return known;
  }

  /** What is seen tells how much has happened: until it tells no more. */
  #raise(known: Known, names: ReadonlySet<string>): void {
    for (let before = NaN; before !== known.floor;) {
      before = known.floor;
      for (const { name, pub, unp } of this.#names) {
        const isThere = names.has(name);
        if (isThere) known.floor = Math.max(known.floor, pub);
        const wasThere = known.seen.has(name) || this.#isDone(pub) && pub <= known.floor;
        if (!isThere && wasThere && unp < Infinity) known.floor = Math.max(known.floor, unp);
      }
    }
  }

  #faultOf({ name, pub, unp }: Name, isThere: boolean, known: Known): string | undefined {
    if (isThere && known.gone.has(name)) return `${name} is there again`;
    if (isThere && unp <= known.floor && this.#isDone(unp)) return `${name} was withdrawn`;
    const wasThere = known.seen.has(name) || pub <= known.floor && this.#isDone(pub);
    return !isThere && wasThere && unp === Infinity ? `${name} is lost` : undefined;
  }

  #remember(known: Known, names: ReadonlySet<string>): void {
    for (const { name, pub } of this.#names) {
      if (names.has(name)) known.seen.add(name);
      else if (known.seen.has(name) || this.#isSettled(pub, known)) known.gone.add(name);
    }
  }

  /** Whether a later command is in effect: what was not done by then never is. */
  #isSettled(at: number, { floor }: Known): boolean {
    return this.#nextDone[at]! <= floor;
  }

  #isDone(at: number): boolean {
    return this.#commands[at]?.isDone === true;
  }

  #acknowledgedBefore(at: number): number {
    return this.#commands.findLastIndex(({ isDone, ended }) => isDone && ended <= at);
  }

  #isPublishedBefore(name: string, at: number): boolean {
    return (this.#began.get(name) ?? Infinity) <= at;
  }
}

function nextDone(commands: readonly Command[]): number[] {
  const next: number[] = [];
  let done = Infinity;
  for (let at = commands.length - 1; at >= 0; at--) {
    next[at] = done;
    if (commands[at]!.isDone) done = at;
  }
  return next;
}
