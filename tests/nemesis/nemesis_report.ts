/**
 * A trial in words.
 *
 * @module
 */

import { quantile } from "../../bench/rounds.ts";
import type { Gap, Happening } from "./history.ts";
import type { HappenedFault, Nemesis } from "./nemesis.ts";

/** How long after the end of a fault what happens is still its effect, in milliseconds. */
const EFFECT_MS = 6_000;
/** Clients of which it is told for what they waited. */
const SLOWEST = 3;

/** The figures of a trial, a line each. */
export function reportOf({ happenings, faults, transfers, violations }: Nemesis): string[] {
  const kinds = Map.groupBy(faults, ({ what, kind }) => `${what}, ${kind}`);
  const commands = happenings.filter(({ type }) => type === "command");
  const done = commands.filter((it) => it.type === "command" && it.isDone).length;
  const views = happenings.filter(({ type }) => type === "view").length;
  const ended = transfers.reduce((sum, { count }) => sum + count, 0);
  const still = Math.max(...transfers.map(({ longestStill }) => longestStill));
  return [
    `${commands.length} commands, ${done} of them acknowledged; ${views} views`,
    ...[...kinds].toSorted().map(([kind, some]) => {
      const pauses = some.map((fault) => pauseWithin(fault, happenings));
      const gaps = some.flatMap((fault) => gapsWithin(fault, happenings));
      return `${kind} (${some.length}): ${figures(pauses)} without an acknowledged pub; ` +
        `${figures(gaps.map(lengthOf))} until a client works again${slowestOf(gaps)}`;
    }),
    `${ended} transfers, none for longer than ${seconds(still)} s without a byte`,
    `${violations.length} violations`,
  ];
}

/** The longest time between two acknowledgements, of whomever, in milliseconds. */
function pauseWithin({ began, ended }: HappenedFault, happenings: readonly Happening[]): number {
  const acknowledged = happenings.flatMap((it) => {
    return it.type === "command" && it.verb === "pub" && it.isDone ? [it.ended] : [];
  }).sort((a, b) => a - b);
  const pauses = acknowledged.slice(1).map((at, i) => ({ from: acknowledged[i]!, at }));
  return Math.max(
    0,
    ...pauses.filter(({ from, at }) => at >= began && from <= ended + EFFECT_MS)
      .map(({ from, at }) => at - from),
  );
}

/** For each client that noticed a fault, when it was without an answer for longest. */
function gapsWithin({ began, ended }: HappenedFault, happenings: readonly Happening[]): Gap[] {
  const longest = new Map<string, Gap>();
  for (const it of happenings) {
    if (it.type !== "gap" || it.ended < began || it.began > ended + EFFECT_MS) continue;
    const known = longest.get(it.user);
    if (!known || lengthOf(it) > lengthOf(known)) longest.set(it.user, it);
  }
  return [...longest.values()];
}

function lengthOf({ began, ended }: Gap): number {
  return ended - began;
}

/** Those who waited for longest, and why: a line each. */
function slowestOf(gaps: readonly Gap[]): string {
  const slowest = gaps.toSorted((a, b) => lengthOf(b) - lengthOf(a)).slice(0, SLOWEST);
  return slowest.map((gap) => `\n  ${gap.user} ${seconds(lengthOf(gap))} s: ${gap.reason}`).join(
    "",
  );
}

function figures(ms: readonly number[]): string {
  if (ms.length === 0) return "never more than 0.25 s";
  const sorted = ms.toSorted((a, b) => a - b);
  return `up to ${seconds(sorted.at(-1)!)} s (half of the time ${
    seconds(quantile(sorted, 0.5))
  } s)`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
