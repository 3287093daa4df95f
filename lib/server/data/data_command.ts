/**
 * `bittrickle-server data …`: what is published, checked, taken out and put in.
 *
 * @module
 */

import { damageIn, openData, openDataForReading } from "../../store/database.ts";
import { DataLock } from "../../store/data_lock.ts";
import { damaged, diskFault, NO_CATALOGUE_ID, unusable } from "../../store/disk_fault.ts";
import { publicationFault } from "../../store/publication_fault.ts";
import { catalogueIdIn, publicationsIn, PublicationTable } from "../../store/publication_table.ts";
import { inTransaction } from "../../store/transaction.ts";
import type { DataFlags } from "../flags/data_flags.ts";
import { backUp } from "./backup_command.ts";
import { readPublications, toLines } from "./data_lines.ts";
import { runEtcdTask } from "./etcd_data.ts";
import { restore } from "./restore_command.ts";
import { toStderr, toStdout } from "../../cli/write.ts";

/**
 * Does what `flags` say with the data file, or with etcd.
 *
 * @throws {BitTrickleError} `disk`, `exists`, `not_found`, or `usage` for a line that cannot be imported
 */
export async function runDataCommand(flags: DataFlags): Promise<void> {
  if ("etcd" in flags && flags.etcd) return await runEtcdTask(flags.task, flags.etcd, flags.force);
  switch (flags.task) {
    case "check":
      return checkData(flags.data);
    case "export":
      return await exportData(flags.data);
    case "import":
      return await importData(flags.data);
    case "backup":
      return await backUp(flags);
    case "restore":
      return await restore(flags);
  }
}

function checkData(path: string): void {
  using db = openDataForReading(path);
  const damage = damageIn(db, "integrity_check");
  if (damage) throw damaged(path, damage);
  if (catalogueIdIn(db) === undefined) throw damaged(path, NO_CATALOGUE_ID);
  let publications = 0;
  for (const event of publicationsIn(db)) {
    const fault = publicationFault(event);
    if (fault) throw damaged(path, `"${event.name}" of "${event.user}": ${fault}`);
    publications++;
  }
  toStderr(`Nothing is wrong: ${publications} publications\n`);
}

/** What a server writes meanwhile is left out: it begins after this transaction. */
async function exportData(path: string): Promise<void> {
  using db = openDataForReading(path);
  db.exec("BEGIN");
  for (const lines of toLines(publicationsIn(db))) await toStdout(lines);
}

async function importData(path: string): Promise<void> {
  const events = await readPublications(Deno.stdin.readable);
  using _ = DataLock.take(path);
  using db = openData(path);
  const table = new PublicationTable(db);
  try {
    inTransaction(db, () => {
      for (const event of events) table.apply(event);
    });
  } catch (error) {
    throw unusable(path, diskFault(error), error);
  }
  toStderr(`${events.length} publications imported\n`);
}
