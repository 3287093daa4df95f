/**
 * How long an index with a million publications takes to start.
 *
 * @module
 */

import { openData } from "../../lib/store/database.ts";
import { PublicationTable } from "../../lib/store/publication_table.ts";
import { inTransaction } from "../../lib/store/transaction.ts";
import { Child } from "../child.ts";
import { alternate } from "../rounds.ts";
import { compare, type Result } from "../table.ts";
import { fileAt, USERS } from "./files.ts";
import type { Loaded } from "./load.ts";

const PUBLICATIONS = 1_000_000;
const ROUNDS = { rounds: 5, warmUps: 1 };

/** Compares a start with reading the rows and forgetting them. */
export async function measureStart(folder: string, signal: AbortSignal): Promise<Result> {
  const path = `${folder}/million.db`;
  fill(path);
  const load = async (whose: "ours" | "bare") => {
    await using child = Child.start("journal/load.ts", [whose, path], signal);
    return JSON.parse(await child.next()) as Loaded;
  };
  const { ours, bare } = await alternate({
    ours: () => load("ours"),
    bare: () => load("bare"),
  }, ROUNDS);
  const seconds = (rounds: readonly Loaded[]) => rounds.map(({ ms }) => ms / 1_000);
  const row = compare("start with a million publications, s", seconds(ours), seconds(bare), {
    lessIsBetter: true,
  });
  const { size } = await Deno.stat(path);
  const memory = Math.max(...ours.map(({ bytes }) => bytes));
  const note = `starts: ${PUBLICATIONS} publications of ${USERS} users in a file of ` +
    `${(size / 1e6).toFixed(0)} MB; ours: checked, folded, ready to answer, ` +
    `${(memory / 1e6).toFixed(0)} MB of memory; bare: the rows read and forgotten`;
  return { rows: [row], notes: [note] };
}

function fill(path: string): void {
  using db = openData(path);
  const table = new PublicationTable(db);
  inTransaction(db, () => {
    for (let i = 0; i < PUBLICATIONS; i++) table.apply(fileAt(i));
  });
}
