/**
 * How close BitTrickle comes to what this machine can do at all: `deno task bench [part …]`, with
 * `--json` for lines of JSON, `--quick` to see that all works. `--pieces FILE` is for what a swarm had
 * when, of which `swarm/plot.ts` makes a picture, and `--rate 3M` for slower lines.
 * Every row is a ratio against a bare limit that was measured in the same run, turn by turn.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { exitCodeFor, exitCodeOf } from "../lib/cli/exit_code.ts";
import { onInterrupt } from "../lib/cli/interrupt.ts";
import { toStderr, toStdout } from "../lib/cli/write.ts";
import { BitTrickleError, reasonOf } from "../lib/errors.ts";
import { TempFolder } from "../tests/support/temp_folder.ts";
import { measureCatalogue } from "./catalogue/catalogue.ts";
import { measureFairness } from "./fairness/fairness.ts";
import { measureFleet } from "./fleet/fleet.ts";
import { measureFleetRequests } from "./fleet/requests.ts";
import { measureJournal } from "./journal/journal.ts";
import { measurePeers } from "./peers/peers.ts";
import { measureRequests } from "./requests/requests.ts";
import { measureScrape } from "./scrape/scrape.ts";
import { measureSessions } from "./sessions/sessions.ts";
import { measureShares } from "./shares/shares.ts";
import { measureStart } from "./start/start.ts";
import { measureWatching } from "./shares/watching.ts";
import { formatJson, formatMarkdown, joinResults, type Part, type Result } from "./table.ts";
import { measureSmallFiles } from "./transfers/small_files.ts";
import { measureSwarm } from "./swarm/swarm.ts";
import { measureTransfers } from "./transfers/transfers.ts";

/** All parts, in the order in which they run. */
const PARTS: Readonly<Record<string, Part>> = {
  requests: measureRequests,
  transfers: measureTransfers,
  files: measureSmallFiles,
  peers: measurePeers,
  swarm: measureSwarm,
  journal: measureJournal,
  fleet: measureFleet,
  "fleet-requests": measureFleetRequests,
  sessions: measureSessions,
  scrape: measureScrape,
  shares: measureShares,
  start: measureStart,
  watching: measureWatching,
  fairness: measureFairness,
  catalogue: measureCatalogue,
};

/** Parts that need what only Linux has. */
const LINUX_ONLY = [
  ...["requests", "peers", "fleet", "fleet-requests", "swarm", "sessions", "scrape", "shares"],
  ...["watching", "fairness"],
];

const FLAGS = parseArgs(Deno.args, { boolean: ["json", "quick"], string: ["pieces", "rate"] });

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

/** Measures one part; its children and files are gone afterwards, however it ends. */
async function measure(name: string, signal: AbortSignal): Promise<Result> {
  if (Deno.build.os !== "linux" && LINUX_ONLY.includes(name)) {
    return { rows: [], notes: [`${name}: measured on Linux only`] };
  }
  await using folder = await TempFolder.make();
  toStderr(`measuring ${name} …\n`);
  const [pieces, rate] = [FLAGS["pieces"], FLAGS["rate"]] as (string | undefined)[];
  const isQuick = FLAGS["quick"] === true;
  return await PARTS[name]!({ folder: folder.path, signal, isQuick, pieces, rate });
}

async function measureAll(signal: AbortSignal): Promise<Result> {
  const results: Result[] = [{ rows: [], notes: [RATIOS, describeMachine()] }];
  for (const name of wanted()) results.push(await measure(name, signal));
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

if (import.meta.main) {
  const stopping = new AbortController();
  using _ = onInterrupt(() => stopping.abort());
  try {
    toStdout((FLAGS["json"] ? formatJson : formatMarkdown)(await measureAll(stopping.signal)));
  } catch (error) {
    if (!stopping.signal.aborted) toStderr(`${reasonOf(error)}\n`);
    Deno.exitCode = stopping.signal.aborted ? exitCodeFor("interrupted") : exitCodeOf(error);
  }
}
