/**
 * A trial of moving clients in words.
 *
 * @module
 */

import { formatBytes } from "../../lib/protocol/format_bytes.ts";
import type { DoneChange, Moved } from "./index_log.ts";
import type { DoneCommand } from "./moving_client.ts";
import type { MovesTrial } from "./moves_trial.ts";

/** A command that takes longer is told with what happened meanwhile, in milliseconds. */
const LONG_MS = 10_000;

/** What `trial` has shown, as lines. */
export function movesReportOf(trial: MovesTrial): string {
  const { changes, commands, watcher, moved, log, violations } = trial;
  const byVerb = Map.groupBy(commands, ({ line }) => line.split(" ")[0]!);
  return [
    `${changes.length} changes of addresses; ${log.requests} requests answered`,
    ...[...byVerb].map(([verb, some]) => `  ${verb}: ${commandRow(some)}`),
    "Downloads that took long:",
    ...commands.filter(({ began, ended }) => ended - began > LONG_MS).map((command) => {
      return `  ${explain(command, changes)}`;
    }),
    "From a change until the session had moved:",
    ...[...Map.groupBy(moved, ({ kind }) => kind)].map(([kind, some]) =>
      `  ${moveRow(kind, some)}`
    ),
    `Longest absence from ${watcher.laps} answers to lap:`,
    ...[...watcher.absences].map(([user, ms]) => `  ${user}: ${Math.round(ms)} ms`),
    `Violations: ${violations.length === 0 ? "none" : ""}`,
    ...violations.map((what) => `  ${what}`),
  ].join("\n");
}

function commandRow(some: readonly DoneCommand[]): string {
  const bytes = some.reduce((sum, command) => sum + command.bytes, 0);
  const longestMs = Math.max(...some.map(({ began, ended }) => ended - began));
  const size = bytes > 0 ? `, ${formatBytes(bytes)}` : "";
  return `${some.length}${size}, the longest took ${longestMs} ms`;
}

/** What has happened meanwhile. */
function explain(
  { user, line, began, ended }: DoneCommand,
  changes: readonly DoneChange[],
): string {
  const meanwhile = changes.filter(({ at }) => at >= began && at <= ended).map(({ change, at }) => {
    return `${change.users.join(" and ")} at ${seconds(at - began)} (${change.kind})`;
  });
  return `${user}, ${line}: ${seconds(ended - began)}; ${meanwhile.join(", ")}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function moveRow(kind: string, some: readonly Moved[]): string {
  const times = some.flatMap(({ ms }) => ms ?? []).sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  const overtaken = some.filter(({ wasOvertaken }) => wasOvertaken).length;
  const range = `median ${median} ms, longest ${times.at(-1) ?? 0} ms`;
  return `${kind}: ${times.length}, ${range}; ${overtaken} overtaken by the next change`;
}
