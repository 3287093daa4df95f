/**
 * Requests that arrive at a fixed rate, whether earlier ones are answered or not.
 *
 * @module
 */

import { quantile } from "../rounds.ts";
import type { AnyAsker } from "./asker.ts";
import { pause } from "./fast_udp.ts";
import type { Measured } from "./questions.ts";

/** How long an answer may take, in milliseconds. */
const PATIENCE_MS = 1_000;
const PAUSE_MICROS = 5;

/** How long answers took, in microseconds from when their requests were due. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  readonly unanswered: number;
}

/** A request on the way. */
interface Asked {
  readonly asker: AnyAsker;
  readonly due: number;
}

/**
 * Asks `perSecond` times a second for `ms` milliseconds. A request that is due while everybody waits
 * is sent late, but its time counts from when it was due: a server that stalls hides nothing.
 */
export function askAtRate(
  askers: readonly AnyAsker[],
  verb: Measured,
  perSecond: number,
  ms: number,
): Latency {
  const free = [...askers];
  const times: number[] = [];
  const begin = performance.now();
  const dueAt = (i: number) => begin + i / perSecond * 1_000;
  let waiting: Asked[] = [];
  let next = 0;
  for (const end = begin + ms; performance.now() < end + PATIENCE_MS;) {
    for (; free.length > 0 && dueAt(next) <= Math.min(performance.now(), end); next++) {
      const asker = free.shift()!;
      asker.ask(verb);
      waiting.push({ asker, due: dueAt(next) });
    }
    const rest = waiting.filter((asked) => !collect(asked, free, times));
    if (rest.length === 0 && dueAt(next) > end) return summarize(times, 0);
    if (rest.length === waiting.length) pause(PAUSE_MICROS);
    waiting = rest;
  }
  return summarize([...times, ...waiting.map(() => PATIENCE_MS * 1_000)], waiting.length);
}

function collect({ asker, due }: Asked, free: AnyAsker[], times: number[]): boolean {
  const isRight = asker.look();
  if (isRight === undefined) return false;
  if (!isRight) throw new Error("an answer is wrong");
  times.push((performance.now() - due) * 1_000);
  free.push(asker);
  return true;
}

/** Of `times` what is worth telling. */
export function summarize(times: readonly number[], unanswered: number): Latency {
  const part = (share: number) => quantile(times, share);
  return { p50: part(0.5), p99: part(0.99), most: part(1), unanswered };
}
