/**
 * Whether somebody who asks for as much as one may spoils it for the others.
 *
 * @module
 */

import { openData } from "../../lib/store/database.ts";
import { PublicationTable } from "../../lib/store/publication_table.ts";
import { inTransaction } from "../../lib/store/transaction.ts";
import { Contenders } from "../contenders.ts";
import { compare, type PartOptions, type Result, type Row } from "../table.ts";
import { ASKED, type Latency, USERS } from "./load.ts";

const NAMES = 50_000;
/** The longest that a bystander may have to wait, in milliseconds. */
const LONGEST_MS = 20;
/** How long each kind of request is asked, in milliseconds. */
const MS = { full: 8_000, quick: 1_000 };

/** Measures fairness. */
export async function measureFairness(options: PartOptions): Promise<Result> {
  await using contenders = new Contenders(options.folder, options.signal);
  fill(`${options.folder}/names.db`);
  const { port } = await contenders.server({ users: USERS, data: "names.db" });
  const load = contenders.start("fairness/load.ts", [port, options.isQuick ? MS.quick : MS.full]);
  const [rows, notes]: [Row[], string[]] = [[], []];
  for (const asked of ASKED) {
    const { p50, p99, most, unanswered } = await load.ask<Latency>(asked);
    const name = `lap beside somebody who asks for ${asked} at full rate, ms, 99 %`;
    rows.push(compare(name, [p99 / 1_000], [LONGEST_MS], { lessIsBetter: true, aim: 1 }));
    const [median, longest] = [p50, most].map((micros) => (micros / 1_000).toFixed(1));
    notes.push(`${asked} ${median} and ${longest}, ${unanswered} lost`);
  }
  const note = `fairness: one session asks for the costliest of each kind as often as it may, in ` +
    `${NAMES} names; bare: the ${LONGEST_MS} ms that a bystander may have to wait; median and ` +
    `longest, ms, and requests without an answer: ${notes.join("; ")}`;
  return { rows, notes: [note] };
}

/** Publishes names of one user and one content, an empty one. */
function fill(path: string): void {
  using db = openData(path);
  const table = new PublicationTable(db);
  const details = { size: 0, id: "0".repeat(64) };
  inTransaction(db, () => {
    for (let i = 0; i < NAMES; i++) {
      table.apply({ kind: "publish", user: USERS[0], name: `file ${i}`, details });
    }
  });
}
