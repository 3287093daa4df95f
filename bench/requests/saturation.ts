/**
 * As many requests as a server answers: everybody asks again as soon as the answer is there.
 *
 * @module
 */

import type { AnyAsker } from "./asker.ts";
import type { Measured } from "./questions.ts";

/** More answers missing or wrong than that, and the measurement makes no sense. */
const MOST_LOST = 64;

/** What came of it. */
export interface Answered {
  readonly requests: number;
  readonly lost: number;
}

/** Asks for `ms` milliseconds with one request of each of `askers` on the way. */
export function saturate(askers: readonly AnyAsker[], verb: Measured, ms: number): Answered {
  let requests = 0;
  let lost = 0;
  for (const asker of askers) asker.ask(verb);
  for (const end = performance.now() + ms; performance.now() < end;) {
    for (const asker of askers) {
      if (asker.hear()) requests++;
      else if (++lost > MOST_LOST) throw new Error(`${verb} is answered wrongly or not at all`);
      asker.ask(verb);
    }
  }
  for (const asker of askers) if (asker.hear()) requests++;
  return { requests, lost };
}

/** Publishes `names`, each by one of `askers`. */
export function publishAll(askers: readonly AnyAsker[], names: readonly string[]): void {
  for (let i = 0; i < names.length; i += askers.length) {
    const some = names.slice(i, i + askers.length);
    for (const [k, name] of some.entries()) askers[k]!.publish(name);
    for (const k of some.keys()) if (!askers[k]!.hear()) throw new Error("pub is refused");
  }
}
