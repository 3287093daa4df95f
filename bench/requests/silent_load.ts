/**
 * Requests that get no answer: how many a second arrive without one being lost.
 *
 * @module
 */

import { udpDropsOf } from "../proc.ts";
import type { AnyAsker } from "./asker.ts";
import { pause } from "./fast_udp.ts";
import type { Measured } from "./questions.ts";

/** The search for the rate: halving what is left of the range each time. */
const SEARCH = { below: 256_000, steps: 8, ms: 120 };
/** After that long, a server has taken what its socket held. */
const EMPTY_MICROS = 30_000;

/** The highest rate at which the system dropped nothing of what was for the process `pid`. */
export function losslessRate(askers: readonly AnyAsker[], verb: Measured, pid: number): number {
  let [good, bad] = [0, SEARCH.below];
  for (let step = 0; step < SEARCH.steps; step++) {
    const rate = (good + bad) / 2;
    const before = udpDropsOf(pid);
    sendAtRate(askers, verb, rate, SEARCH.ms);
    if (udpDropsOf(pid) > before) bad = rate;
    else good = rate;
  }
  return good;
}

/** Sends at that rate for `ms` milliseconds; returns how many arrived at the process `pid`. */
export function arrivals(
  askers: readonly AnyAsker[],
  verb: Measured,
  options: { readonly rate: number; readonly ms: number; readonly pid: number },
): number {
  const before = udpDropsOf(options.pid);
  const sent = sendAtRate(askers, verb, options.rate, options.ms);
  return sent - (udpDropsOf(options.pid) - before);
}

function sendAtRate(askers: readonly AnyAsker[], verb: Measured, rate: number, ms: number): number {
  const begin = performance.now();
  let sent = 0;
  for (let now = begin; now < begin + ms; now = performance.now()) {
    for (const due = (now - begin) / 1_000 * rate; sent < due; sent++) {
      askers[sent % askers.length]!.ask(verb);
    }
  }
  pause(EMPTY_MICROS);
  return sent;
}
