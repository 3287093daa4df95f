/**
 * The catalogue as rows.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { CatalogueEvent } from "../index/catalogue/catalogue.ts";

const ADD_USER = "INSERT INTO users (name) VALUES (?) ON CONFLICT DO NOTHING";
const PUBLISH = `
  INSERT OR REPLACE INTO publications
  SELECT id, ?, ?, unhex(?) FROM users WHERE name = ?`;
const WITHDRAW = `
  DELETE FROM publications
  WHERE user = (SELECT id FROM users WHERE name = ?) AND name = ?`;
const USERS = "SELECT id, name FROM users";
const PUBLICATIONS = `
  SELECT user, name, size, lower(hex(file)) FROM publications
  WHERE (name, user) > (?, ?) ORDER BY name, user LIMIT ?`;
/** Rows that are read at once: three times as quick as one by one. */
const ROWS_AT_ONCE = 1_000;

/** A row of {@linkcode PUBLICATIONS}. */
type Row = readonly [user: number, name: string, size: number | null, id: string];

/** Node's types do not know this yet. */
interface ArrayStatement extends StatementSync {
  setReturnArrays(enabled: boolean): void;
}

/** The same fold as the catalogue's, on disk. Transactions are the caller's. */
export class PublicationTable {
  readonly #db: DatabaseSync;
  readonly #addUser: StatementSync;
  readonly #publish: StatementSync;
  readonly #withdraw: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#addUser = db.prepare(ADD_USER);
    this.#publish = db.prepare(PUBLISH);
    this.#withdraw = db.prepare(WITHDRAW);
  }

  /** Takes in one event. */
  apply(event: CatalogueEvent): void {
    const { user, name } = event;
    if (event.kind === "withdraw") {
      this.#withdraw.run(user, name);
      return;
    }
    const { size = null, id = null } = event.details ?? {};
    this.#addUser.run(user);
    this.#publish.run(name, size, id, user);
  }
}

/** One event for each publication in `db` in the order of names. */
export function* publicationsIn(db: DatabaseSync): Generator<CatalogueEvent> {
  const users = new Map(db.prepare(USERS).all().map(({ id, name }) => [id, name as string]));
  const publications = db.prepare(PUBLICATIONS) as ArrayStatement;
  publications.setReturnArrays(true); // A third quicker than objects.
  for (let last: readonly [user: number, name: string] = [0, ""];;) {
    const [user, name] = last;
    const rows = publications.all(name, user, ROWS_AT_ONCE) as unknown as Row[];
    for (const row of rows) yield toEvent(users.get(row[0])!, row);
    if (rows.length < ROWS_AT_ONCE) return;
    last = [rows.at(-1)![0], rows.at(-1)![1]];
  }
}

function toEvent(user: string, [, name, size, id]: Row): CatalogueEvent {
  if (size === null) return { kind: "publish", user, name };
  return { kind: "publish", user, name, details: id === "" ? { size } : { size, id } };
}
