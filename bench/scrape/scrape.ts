/**
 * What it costs the index that somebody watches it: a scrape a second, or ten open pages.
 *
 * @module
 */

import type { Child } from "../child.ts";
import type { Round } from "../clients/load.ts";
import { type Measured } from "../clients/questions.ts";
import { type Contender, Contenders, freePort } from "../contenders.ts";
import { alternate, costOf, formatCost, type Turn } from "../rounds.ts";
import { compare, type PartOptions, type Result, type Row } from "../table.ts";
import { MODES, type Watched, type WatchMode } from "./watcher.ts";

/** Some seconds each, as what watches does something once a second. */
const FULL = { rounds: 25, warmUps: 2, ms: 3_000 };
const QUICK = { rounds: 2, warmUps: 1, ms: 1_000 };

const VERBS: readonly Measured[] = ["heartbeat", "sch"];

/** What is to be left of the throughput. */
const AIMS: Readonly<Record<WatchMode, number | undefined>> = {
  "nobody": undefined,
  "a scrape a second": 0.99,
  "ten open pages": 0.98,
};

/** One turn: what the load brought, and what was watched meanwhile. */
interface Watching {
  readonly load: Round;
  readonly watched: Watched;
}

/** Measures sealed requests at full load, with and without somebody who watches, in turns. */
export async function measureScrape(options: PartOptions): Promise<Result> {
  const { ms, ...rounds } = options.isQuick ? QUICK : FULL;
  await using contenders = new Contenders(options.folder, options.signal);
  const http = freePort();
  const load = contenders.ask("sealed", await contenders.server({ http }));
  const watcher = contenders.start("scrape/watcher.ts", [http]);
  const rows: Row[] = [];
  const notes: string[] = [];
  for (const verb of VERBS) {
    const results = await alternate(turnsOf(load, watcher, verb, ms), rounds);
    for (const mode of MODES.slice(1)) {
      rows.push(...rowsOf(verb, mode, results));
      notes.push(noteOn(verb, mode, results));
    }
  }
  return { rows, notes };
}

function turnsOf(
  load: Contender,
  watcher: Child,
  verb: Measured,
  ms: number,
): Record<WatchMode, Turn<Watching>> {
  const turn = (mode: WatchMode) => async () => {
    await watcher.ask<Watched>(mode);
    const round = await load(verb, ms);
    return { load: round, watched: await watcher.ask<Watched>("nobody") };
  };
  return Object.fromEntries(MODES.map((mode) => [mode, turn(mode)])) as ReturnType<typeof turnsOf>;
}

type Results = Readonly<Record<WatchMode, readonly Watching[]>>;

function rowsOf(verb: Measured, mode: WatchMode, results: Results): Row[] {
  const values = (mode: WatchMode, field: keyof Round) => results[mode].map((it) => it.load[field]);
  const row = (title: string, field: keyof Round, lessIsBetter: boolean, aim?: number) => {
    const name = `sealed ${verb} with ${mode}, ${title}`;
    return compare(name, values(mode, field), values("nobody", field), { lessIsBetter, aim });
  };
  return [
    row("requests/s", "perSecond", false, AIMS[mode]),
    row("CPU µs/request", "cpuMicros", true),
  ];
}

function noteOn(verb: Measured, mode: WatchMode, results: Results): string {
  const rates = (mode: WatchMode) => results[mode].map(({ load }) => load.perSecond);
  const cost = costOf(rates(mode), rates("nobody"));
  const bytes = results[mode].reduce((sum, { watched }) => sum + watched.bytes, 0);
  const costs = formatCost(cost, `sealed ${verb} requests/s`, results[mode].length);
  return `scrape: ${mode} costs ${costs}; read meanwhile: ${Math.round(bytes / 1_024)} KiB`;
}
