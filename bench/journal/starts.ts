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
import { compare, type PartOptions, type Result } from "../table.ts";
import { fileAt, USERS } from "./files.ts";
import type { Loaded } from "./load.ts";

const FULL = { publications: 1_000_000, rounds: 5, warmUps: 1 };
const QUICK = { publications: 50_000, rounds: 1, warmUps: 0 };

/** Compares a start with reading the rows and forgetting them. */
export async function measureStarts({ folder, signal, isQuick }: PartOptions): Promise<Result> {
  const { publications, ...rounds } = isQuick ? QUICK : FULL;
  const path = `${folder}/start.db`;
  fill(path, publications);
  const load = async (whose: "ours" | "bare") => {
    await using child = Child.start("journal/load.ts", [whose, path], { signal });
    return await child.next<Loaded>();
  };
  const turns = { ours: () => load("ours"), bare: () => load("bare") };
  const { ours, bare } = await alternate(turns, rounds);
  const seconds = (rounds: readonly Loaded[]) => rounds.map(({ ms }) => ms / 1_000);
  const name = `start with ${publications.toLocaleString("en")} publications, s`;
  const row = compare(name, seconds(ours), seconds(bare), { lessIsBetter: true });
  const memory = Math.max(...ours.map(({ bytes }) => bytes)) / 1e6;
  const note = `starts: ${publications} publications of ${USERS} users in a file of ` +
    `${((await Deno.stat(path)).size / 1e6).toFixed(0)} MB; ours: checked, folded, ready to ` +
    `answer, ${memory.toFixed(0)} MB of memory; bare: the rows read and forgotten`;
  return { rows: [row], notes: [note] };
}

function fill(path: string, publications: number): void {
  using db = openData(path);
  const table = new PublicationTable(db);
  inTransaction(db, () => {
    for (let i = 0; i < publications; i++) table.apply(fileAt(i));
  });
}
