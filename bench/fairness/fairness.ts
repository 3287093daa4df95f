/**
 * Whether somebody who asks for as much as one may spoils it for the others.
 *
 * @module
 */

import { openData } from "../../lib/store/database.ts";
import { PublicationTable } from "../../lib/store/publication_table.ts";
import { inTransaction } from "../../lib/store/transaction.ts";
import { Child } from "../child.ts";
import { freePort, portOf } from "../requests/contender.ts";
import type { Latency } from "../requests/open_loop.ts";
import { credentialsText } from "../requests/users.ts";
import { compare, type Result, type Row } from "../table.ts";
import { ASKED, USERS } from "./pair.ts";

const NAMES = 50_000;
/** The longest that a bystander may have to wait, in milliseconds. */
const LONGEST_MS = 20;

/** Measures fairness, with files in `folder`. */
export async function measureFairness(folder: string, signal: AbortSignal): Promise<Result> {
  if (Deno.build.os !== "linux") return { rows: [], notes: ["fairness: measured on Linux only"] };
  await Deno.writeTextFile(`${folder}/users.txt`, credentialsText(USERS));
  fill(`${folder}/names.db`);
  const port = freePort();
  const files = ["--credentials", `${folder}/users.txt`, "--data", `${folder}/names.db`];
  await using server = Child.start("../server.ts", [`${port}`, "--log", "off", ...files], signal);
  await portOf(server.pid, port);
  await using pair = Child.start("fairness/pair.ts", [`${port}`], signal);
  const [rows, notes]: [Row[], string[]] = [[], []];
  for (const asked of ASKED) {
    const { p50, p99, most, unanswered } = await pair.ask<Latency>(asked);
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
