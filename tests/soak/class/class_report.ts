/**
 * A soak with a class in words.
 *
 * @module
 */

import { quantile } from "../../../bench/rounds.ts";
import { formatBytes } from "../../../lib/protocol/format_bytes.ts";
import { memorySlope, settled } from "./class_judge.ts";
import type { ClassOptions } from "./class_options.ts";
import { type ClassSample, sum } from "./class_samples.ts";
import type { ClassSoak } from "./class_soak.ts";

/** How it goes, in one line. */
export function progressLine(sample: ClassSample): string {
  const { at, memory, descriptors, processor, active, requests, p99 } = sample;
  return `${(at / 60).toFixed(0)} min: ${active} active, ${requests.toFixed(0)} requests/s, ` +
    `99 % within ${p99.toFixed(1)} ms, ${memory.toFixed(0)} MiB, ${descriptors} descriptors, ` +
    `${(100 * processor).toFixed(0)} % of a processor`;
}

/** What the soak has shown, a line each: its figures. */
export function figuresOf(soak: ClassSoak, { clients, minutes, seed }: ClassOptions): string[] {
  const { samples, totals, failures, drops } = soak;
  const looked = settled(samples);
  const middle = (of: (sample: ClassSample) => number) => {
    return quantile(looked.map(of).filter((it) => !isNaN(it)), 0.5);
  };
  const slope = memorySlope(looked);
  const growth = slope === undefined
    ? "too short a time to tell a leak"
    : `${(60 * slope).toFixed(2)} more each minute`;
  const failed = sum([...failures.counts.values()]);
  return [
    `${count(clients)} simulated clients for ${minutes} min, seed ${seed}`,
    `${count(totals.joined)} logins, ${count(totals.left)} farewells, ` +
    `${count(totals.vanished)} vanished; ${count(sum(samples.map((it) => it.requests)))} requests`,
    `${count(totals.transfers)} transfers of ${formatBytes(totals.bytes)}, ${failed} failed; ` +
    `real clients were killed ${totals.killed} times`,
    `memory ${middle((it) => it.memory).toFixed(0)} MiB, ${growth}; ` +
    `${middle((it) => it.descriptors)} descriptors; ` +
    `${count(drops)} datagrams lost at the server's socket`,
    `median of a second: ${
      middle((it) => it.requests).toFixed(0)
    } requests, half answered within ` +
    `${middle((it) => it.median).toFixed(1)} ms, 99 % within ` +
    `${middle((it) => it.p99).toFixed(1)} ms; ` +
    `${(100 * middle((it) => it.processor)).toFixed(0)} % of a processor`,
  ];
}

/** What was wrong, a line each. */
export function faultLines({ faults }: ClassSoak, growth: readonly string[]): string[] {
  const counted = [...faults.counts].map(([what, count]) => `${what} (${count} times)`);
  return [...growth, ...counted];
}

function count(number: number): string {
  return Math.round(number).toLocaleString("en");
}
