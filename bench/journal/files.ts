/**
 * The files that are published.
 *
 * @module
 */

import type { CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";
import { openData } from "../../lib/store/database.ts";
import { PublicationTable } from "../../lib/store/publication_table.ts";
import { inTransaction } from "../../lib/store/transaction.ts";

const USERS = 10_000;

/** File number `i` of many users: its name, which no other has, and its details. */
export function fileAt(i: number): CatalogueEvent & { kind: "publish" } {
  const user = `user-${i % USERS}`;
  const name = `lectures of term ${i % 12}/chapter ${i}.pdf`;
  const digits = Math.imul(i, 0x9e3779b1).toString(16).replace("-", "f");
  const details = { size: i, id: digits.padStart(64, "0123456789abcdef") };
  return { kind: "publish", user, name, details };
}

/** Makes a data file in which `events` have happened. */
export function fillData(path: string, events: Iterable<CatalogueEvent>): void {
  using db = openData(path);
  const table = new PublicationTable(db);
  inTransaction(db, () => {
    for (const event of events) table.apply(event);
  });
}
