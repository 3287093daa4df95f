/**
 * A trial in words.
 *
 * @module
 */

import { formatBytes } from "../../lib/protocol/format_bytes.ts";
import type { NetworkSoak } from "./network_soak.ts";
import type { Recovery } from "./recovery.ts";
import type { SoakResult, Tally } from "./soak_result.ts";

/** A recovery that takes so long is told with the faults around it, in milliseconds. */
const EXPLAINED_MS = 10_000;

/** What `soak` has shown, as lines. */
export function reportOf({ result, meter }: NetworkSoak): string {
  return [
    `${result.transfers} transfers, ${formatBytes(result.bytes)}; ` +
    `the longest get took ${seconds(result.slowestGetMs)}`,
    "Faults:",
    ...tallyRows(result.faults),
    "Until bytes flowed again, or a file had come, after the end of (whose fault):",
    ...recoveryRows(meter.recoveries, result),
    "Gets that ended with an error because somebody was away:",
    ...tallyRows(result.failures),
    "Violations:",
    ...tallyRows(result.violations),
  ].join("\n");
}

function recoveryRows(recoveries: readonly Recovery[], result: SoakResult): string[] {
  const byKind = Map.groupBy(recoveries, ({ fault, role }) => `${fault.kind} (${role})`);
  const sorted = [...byKind].sort(([a], [b]) => a < b ? -1 : 1);
  return sorted.length === 0 ? rows([]) : sorted.flatMap(([kind, some]) => {
    const { ms, client, since, parties } = some.reduce((a, b) => a.ms > b.ms ? a : b);
    const mean = some.reduce((sum, { ms }) => sum + ms, 0) / some.length;
    const slowest = `slowest ${seconds(ms)}: client ${client} from ${result.time(since)} on`;
    const row = `  ${kind.padEnd(22)} ${some.length}, mean ${seconds(mean)}, ${slowest}`;
    return ms < EXPLAINED_MS ? row : [row, ...result.faultsAround(parties, since, since + ms)];
  });
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
