/**
 * A trial in words.
 *
 * @module
 */

import { formatBytes } from "../../lib/protocol/format_bytes.ts";
import type { NetworkSoak } from "./network_soak.ts";
import type { Recovery } from "./recovery.ts";
import type { Tally } from "./soak_result.ts";

/** What `soak` has shown, as lines. */
export function reportOf({ result, meter }: NetworkSoak): string {
  return [
    `${result.transfers} transfers, ${formatBytes(result.bytes)}; ` +
    `the longest get took ${seconds(result.slowestGetMs)}`,
    "Faults:",
    ...tallyRows(result.faults),
    "Until bytes flowed again, or a file had come, after the end of (whose fault):",
    ...recoveryRows(meter.recoveries),
    "Gets that ended with an error because somebody was away:",
    ...tallyRows(result.failures),
    "Violations:",
    ...tallyRows(result.violations),
  ].join("\n");
}

function recoveryRows(recoveries: ReadonlyMap<string, Recovery>): string[] {
  const sorted = [...recoveries].sort(([a], [b]) => a < b ? -1 : 1);
  return rows(sorted.map(([what, { count, total, slowest }]) => {
    const times = `mean ${seconds(total / count)}, slowest ${seconds(slowest)}`;
    return `${what.padEnd(22)} ${times}, of ${count}`;
  }));
}

function tallyRows({ counts }: Tally): string[] {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return rows(sorted.map(([what, count]) => `${count} x ${what}`));
}

function rows(lines: readonly string[]): string[] {
  return lines.length === 0 ? ["  none"] : lines.map((line) => `  ${line}`);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
