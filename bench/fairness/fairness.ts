/**
 * Whether somebody who asks for as much as one may spoils it for the others.
 *
 * @module
 */

import { SHARE } from "../../tests/support/sealed_as.ts";
import { PUBLISHER } from "../clients/questions.ts";
import { Contenders } from "../contenders.ts";
import { fillData } from "../journal/files.ts";
import { quantile } from "../rounds.ts";
import { compare, type PartOptions, type Result, type Row } from "../table.ts";
import { ASKED, GREEDY } from "./costliest.ts";
import type { Answers } from "./load.ts";

const NAMES = 50_000;
/** The longest that a bystander may have to wait, in milliseconds. */
const LONGEST_MS = 20;
/** How long each kind of request is asked, in milliseconds. */
const MS = { full: 8_000, quick: 1_000 };

/** Measures fairness. */
export async function measureFairness(options: PartOptions): Promise<Result> {
  await using contenders = new Contenders(options.folder, options.signal);
  fillData(`${options.folder}/names.db`, Array.from({ length: NAMES }, (_, i) => emptyFile(i)));
  const { port } = await contenders.server({ users: [GREEDY], data: "names.db" });
  const load = contenders.start("fairness/load.ts", [port, options.isQuick ? MS.quick : MS.full]);
  const [rows, longest]: [Row[], string[]] = [[], []];
  for (const asked of ASKED) {
    const { times, lost } = await load.ask<Answers>(asked);
    const name = `lap beside somebody who asks for ${asked} at full rate, ms, 99 %`;
    rows.push(compare(name, [quantile(times, 0.99)], [LONGEST_MS], { lessIsBetter: true, aim: 1 }));
    longest.push(`${asked} ${quantile(times, 1).toFixed(1)} (${lost})`);
  }
  return { rows, notes: [`fairness: the longest, ms (answers lost): ${longest.join(", ")}`] };
}

/** One of many names of one content. */
function emptyFile(i: number) {
  const details = { size: 0, id: "0".repeat(64) };
  return { kind: "publish", user: PUBLISHER, share: SHARE, name: `file ${i}`, details } as const;
}
