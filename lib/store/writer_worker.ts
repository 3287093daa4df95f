/**
 * The thread that writes, so that nobody who reads waits for the disk.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import type { CatalogueEvent } from "../index/catalogue.ts";
import { prepareToWrite } from "./database.ts";
import { diskFault } from "./disk_fault.ts";
import { PublicationTable } from "./publication_table.ts";
import { inTransaction } from "./transaction.ts";

/** What the thread is told: the data file first, then batches of events, the end at last. */
export type WriterRequest =
  | { readonly path: string }
  | { readonly events: readonly CatalogueEvent[] }
  | "close";

/** What it answers to a batch: why it was not kept, if it was not; and to the end, when done. */
export type WriterReply = { readonly fault?: string } | "closed";

/** The part of a worker's global scope that is used here; the types of Deno are those of a window. */
interface WorkerScope {
  onmessage: (event: MessageEvent<WriterRequest>) => void;
  postMessage(reply: WriterReply): void;
}

const scope = globalThis as unknown as WorkerScope;
let path = "";
let db: DatabaseSync | undefined;
let table: PublicationTable | undefined;

scope.onmessage = ({ data }) => {
  if (data === "close") {
    db?.close();
    scope.postMessage("closed");
  } else if ("path" in data) path = data.path;
  else scope.postMessage(keep(data.events));
};

function keep(events: readonly CatalogueEvent[]): WriterReply {
  try {
    const { db, table } = opened();
    inTransaction(db, () => {
      for (const event of events) table.apply(event);
    });
    return {};
  } catch (error) {
    return { fault: diskFault(error).reason };
  }
}

/** Opens the file when it is first written to, so that a failure is that of a batch. */
function opened(): { db: DatabaseSync; table: PublicationTable } {
  if (!db || !table) {
    db = new DatabaseSync(path);
    prepareToWrite(db);
    table = new PublicationTable(db);
  }
  return { db, table };
}
