/**
 * How close BitTrickle comes to what this machine can do at all: `deno task bench [part …]`, with
 * `--json` for lines of JSON, `--markdown` for a page, `--svg FILE` for a chart of growth, `--quick`
 * to see that all works. Every row is a ratio against a bare limit that was measured in the same run,
 * turn by turn.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { exitCodeFor, exitCodeOf } from "../lib/cli/exit_code.ts";
import { onInterrupt } from "../lib/cli/interrupt.ts";
import { toStderr, toStdout } from "../lib/cli/write.ts";
import { BitTrickleError, reasonOf } from "../lib/errors.ts";
import { type PartOptions, PARTS } from "./parts.ts";
import { formatJson, formatMarkdown, formatTable, joinResults, type Result } from "./table.ts";
import { TempFolder } from "./temp_folder.ts";

const FLAGS = parseArgs(Deno.args, { boolean: ["json", "markdown", "quick"], string: ["svg"] });

const RATIOS =
  "a ratio of 1 is the bare limit; ours and bare are medians, ratio is the median of the rounds' " +
  "ratios, and half of the rounds lie in the middle half";

/** The parts that the command line names, or all. */
function wanted(): string[] {
  const names = FLAGS._.map(String);
  for (const name of names) {
    if (!PARTS[name]) throw new BitTrickleError("usage", `There is no part ${name} to measure`);
  }
  return names.length > 0 ? names : Object.keys(PARTS);
}

/** Measures; children and files are gone afterwards, however it ends. */
async function measure(names: readonly string[], signal: AbortSignal): Promise<Result> {
  const results: Result[] = [{ rows: [], notes: [RATIOS, describeMachine()] }];
  for (const name of names) {
    await using folder = await TempFolder.create();
    toStderr(`measuring ${name} …\n`);
    const isQuick = FLAGS["quick"] === true;
    const svg = FLAGS["svg"] as string | undefined;
    const options: PartOptions = { folder: folder.path, signal, isQuick, svg };
    results.push(await PARTS[name]!(options));
  }
  return joinResults(results);
}

/** Whatever else the machine has to do disturbs: its load at the beginning should be near 0. */
function describeMachine(): string {
  const { build, version } = Deno;
  const [load = 0] = Deno.loadavg();
  const cores = navigator.hardwareConcurrency;
  return `machine: Deno ${version.deno}, ${build.os} ${build.arch}, ${cores} cores, ` +
    `load ${load.toFixed(1)} before; everything over 127.0.0.1`;
}

function format(result: Result): string {
  if (FLAGS["json"]) return formatJson(result);
  return FLAGS["markdown"] ? formatMarkdown(result) : formatTable(result);
}

if (import.meta.main) {
  const stopping = new AbortController();
  using _ = onInterrupt(() => stopping.abort());
  try {
    toStdout(format(await measure(wanted(), stopping.signal)));
  } catch (error) {
    if (!stopping.signal.aborted) toStderr(`${reasonOf(error)}\n`);
    Deno.exitCode = stopping.signal.aborted ? exitCodeFor("interrupted") : exitCodeOf(error);
  }
}
