/**
 * How close BitTrickle comes to what this machine can do at all: `deno run -A bench/main.ts`.
 * Every row is a ratio against a bare limit that was measured in the same run, turn by turn.
 *
 * @module
 */

import { exitCodeFor, exitCodeOf } from "../lib/cli/exit_code.ts";
import { onInterrupt } from "../lib/cli/interrupt.ts";
import { toStderr, toStdout } from "../lib/cli/write.ts";
import { reasonOf } from "../lib/errors.ts";
import { measureRequests } from "./requests/requests.ts";
import { formatJson, formatTable, type Result } from "./table.ts";
import { TempFolder } from "./temp_folder.ts";
import { measureTransfers } from "./transfers/transfers.ts";

/** Measures everything; children and files are gone afterwards, however it ends. */
async function measure(signal: AbortSignal): Promise<Result> {
  await using folder = await TempFolder.create();
  const machine = describeMachine();
  toStderr("measuring requests …\n");
  const requests = await measureRequests(folder.path, signal);
  toStderr("measuring transfers …\n");
  const transfers = await measureTransfers(folder.path, signal);
  return {
    rows: [...requests.rows, ...transfers.rows],
    notes: [RATIOS, machine, ...requests.notes, ...transfers.notes],
  };
}

const RATIOS =
  "a ratio of 1 is the bare limit; ours and bare are medians, ratio is the median of the rounds' " +
  "ratios, and half of the rounds lie in the middle half";

/** Whatever else the machine has to do disturbs: its load at the beginning should be near 0. */
function describeMachine(): string {
  const { build, version } = Deno;
  const [load = 0] = Deno.loadavg();
  const cores = navigator.hardwareConcurrency;
  return `machine: Deno ${version.deno}, ${build.os} ${build.arch}, ${cores} cores, ` +
    `load ${load.toFixed(1)} before; everything over 127.0.0.1`;
}

if (import.meta.main) {
  const stopping = new AbortController();
  using _ = onInterrupt(() => stopping.abort());
  try {
    const result = await measure(stopping.signal);
    toStdout(Deno.args.includes("--json") ? formatJson(result) : formatTable(result));
  } catch (error) {
    if (!stopping.signal.aborted) toStderr(`${reasonOf(error)}\n`);
    Deno.exitCode = stopping.signal.aborted ? exitCodeFor("interrupted") : exitCodeOf(error);
  }
}
