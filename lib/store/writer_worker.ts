/**
 * The writer thread, so that readers never wait for the disk.
 *
 * @module
 */

import { threadScope } from "../async/thread_scope.ts";
import { DatabaseSync } from "node:sqlite";
import type { CatalogueEvent } from "../index/catalogue/catalogue.ts";
import { prepareToWrite } from "./database.ts";
import { diskFault } from "./disk_fault.ts";
import { PublicationTable } from "./publication_table.ts";
import { inTransaction } from "./transaction.ts";

/**
 * Messages to the thread: the data file first, then batches of events; at last that it is to hold the file
 * open, and the end.
 */
export type WriterRequest =
  | { readonly path: string }
  | { readonly events: readonly CatalogueEvent[] }
  | "hold"
  | "close";

/** What it answers to a batch: why it was not kept, if it was not; and to the other two, when done. */
export type WriterReply = { readonly fault?: string } | "held" | "closed";

/** The data file, open. */
interface Target {
  readonly db: DatabaseSync;
  readonly table: PublicationTable;
}

/** To go on writing to a file that nobody will find again would be to lose what is confirmed. */
const GONE = "the data file was moved or removed";

const scope = threadScope<WriterRequest, WriterReply>();
let path = "";
/** Of the file that was found good. */
let identity: string | undefined;
let target: Target | undefined;

scope.onmessage = ({ data }) => {
  if (data === "close") {
    target?.db.close();
    scope.postMessage("closed");
  } else if (data === "hold") {
    hold();
    scope.postMessage("held");
  } else if ("path" in data) begin(data.path);
  else scope.postMessage(keep(data.events));
};

function begin(file: string): void {
  path = file;
  try {
    identity = identityOf(file);
  } catch {
    // The first batch tells.
  }
}

function hold(): void {
  try {
    if (identity !== undefined && identityOf(path) === identity) target ??= open();
  } catch {
    // It is closed without.
  }
}

function keep(events: readonly CatalogueEvent[]): WriterReply {
  try {
    const now = identityOf(path);
    if (now === undefined || now !== (identity ??= now)) return { fault: GONE };
    const { db, table } = target ??= open();
    inTransaction(db, () => {
      for (const event of events) table.apply(event);
    });
    return {};
  } catch (error) {
    return { fault: diskFault(error).reason };
  }
}

/** Opens the file when it is first written to, so that a failure is that of a batch. */
function open(): Target {
  const db = new DatabaseSync(path);
  try {
    prepareToWrite(db);
    return { db, table: new PublicationTable(db) };
  } catch (error) {
    db.close();
    throw error;
  }
}

function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.statSync(path);
    return `${dev} ${ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
