/**
 * The rounds of the request benchmark, summarized.
 *
 * @module
 */

import { median } from "../rounds.ts";
import { compare, type Comparison, type Row } from "../table.ts";
import { LOOPS } from "./contenders.ts";
import { CATALOGUE_NAMES } from "./questions.ts";
import type { Round } from "./round.ts";
import { ASKERS } from "./users.ts";

/** The rounds of every contender, by its name. */
export type RoundsOf = Readonly<Record<string, readonly Round[]>>;

/** What the project wants to reach: of the echo's rate, and of the time without a log. */
const AIMS: Readonly<Record<string, number>> = { "get": 0.8, "sealed get": 0.45 };
const LOG_AIM = 1 / 1.1;
const ANSWERED = ["get", "sch", "pub, in memory", "pub, on the disk"];
const SEALED = [...ANSWERED, "heartbeat"].map((name) => `sealed ${name}`);
const less = { lessIsBetter: true };

/** All comparisons. */
export function rowsOf(of: RoundsOf): Row[] {
  const answered = [...ANSWERED, "get, log to a file", ...SEALED, "echo, one loop"];
  if (of["opentracker"]) answered.push("opentracker");
  return [
    ...answered.map((name) => rateRow(of, name)),
    row(of, "heartbeat, requests/s without a loss", "perSecond", "heartbeat", "sink"),
    loginRow(of),
    ...answered.flatMap((name) => latencyRows(of, name)),
    ...answered.map((name) => {
      return row(of, `${name}, CPU µs/request`, "cpuMicros", name, "echo", less);
    }),
    row(of, "heartbeat, CPU µs/request", "cpuMicros", "heartbeat", "sink", less),
    row(of, "get, CPU µs/request with a log, against none", "cpuMicros", LOGGING, "get", {
      ...less,
      aim: LOG_AIM,
    }),
  ];
}

const LOGGING = "get, log to a file";

/** How it was measured, and what shows whether the server was the one who had to work. */
export function notesOf(of: RoundsOf, rounds: number): string[] {
  const shares = Object.entries(of).map(([name, rounds]) => describe(name, rounds));
  const tracker = of["opentracker"]
    ? "opentracker: UDP announces (BEP 15) of one file from the same sockets"
    : "opentracker is not installed";
  return [
    `requests: ${ASKERS} in flight, one from each of ${ASKERS} sessions at its own socket; ` +
    `${rounds} rounds; bare: an echo on the same socket API with ${LOOPS} turns under way, as ` +
    `the server has; the column "one loop" is the ratio against an echo with one; for plain ` +
    `heartbeats, which nobody answers, bare receives and is silent`,
    `latency: from when a request was due to its answer, at half of the rate that the same ` +
    `contender has just reached; searches are in ${CATALOGUE_NAMES} names; every pub is a new name`,
    tracker,
    `share of a core used (of the time with work to do): ${shares.join("; ")}`,
  ];
}

function rateRow(of: RoundsOf, name: string): Row {
  const aim = AIMS[name];
  return {
    ...row(of, `${name}, requests/s`, "perSecond", name, "echo", aim === undefined ? {} : { aim }),
    against: againstOthers(of, name, "perSecond"),
  };
}

/** The median ratios to whatever else was measured. */
function againstOthers(of: RoundsOf, name: string, field: keyof Round): Record<string, number> {
  const others = { "one loop": of["echo, one loop"], "opentracker": of["opentracker"] };
  const known = Object.entries(others).filter(([, rounds]) => rounds !== undefined);
  return Object.fromEntries(known.map(([other, rounds]) => {
    return [other, compare("", valuesOf(of[name], field), valuesOf(rounds, field)).ratio];
  }));
}

function latencyRows(of: RoundsOf, name: string): Row[] {
  return [
    row(of, `${name}, µs to the answer at half load, median`, "p50", name, "echo", less),
    row(of, `${name}, µs to the answer at half load, 99 %`, "p99", name, "echo", less),
  ];
}

function loginRow(of: RoundsOf): Row {
  const rounds = of["sealed get"];
  const [ours, bare] = [valuesOf(rounds, "logins"), valuesOf(rounds, "bareLogins")];
  return compare("sealed logins/s, against OPAQUE alone", ours, bare);
}

function row(
  of: RoundsOf,
  title: string,
  field: keyof Round,
  ours: string,
  bare: string,
  comparison: Comparison = {},
): Row {
  return compare(title, valuesOf(of[ours], field), valuesOf(of[bare], field), comparison);
}

function valuesOf(rounds: readonly Round[] = [], field: keyof Round): number[] {
  return rounds.map((round) => round[field] ?? NaN);
}

function describe(name: string, rounds: readonly Round[]): string {
  const percent = (field: keyof Round) => `${(median(valuesOf(rounds, field)) * 100).toFixed(0)} %`;
  const lost = rounds.reduce((sum, round) => sum + round.lost, 0);
  const losses = lost > 0 ? `, ${lost} lost` : "";
  return `${name} ${percent("cpuShare")} (${percent("busyShare")})${losses}`;
}
