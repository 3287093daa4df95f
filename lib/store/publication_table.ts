/**
 * The catalogue as rows.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { CatalogueEvent } from "../index/catalogue.ts";
import { damaged } from "./disk_fault.ts";
import { publicationFault } from "./publication_fault.ts";

const ADD_USER = "INSERT INTO users (name) VALUES (?) ON CONFLICT DO NOTHING";
const PUBLISH = `
  INSERT OR REPLACE INTO publications
  SELECT id, ?, ?, unhex(?) FROM users WHERE name = ?`;
const WITHDRAW = `
  DELETE FROM publications
  WHERE user = (SELECT id FROM users WHERE name = ?) AND name = ?`;
const USERS = "SELECT id, name FROM users";
const PUBLICATIONS = `
  SELECT name, size, lower(hex(file)) AS file FROM publications WHERE user = ?`;

/** A row of {@linkcode PUBLICATIONS}. */
interface Row {
  readonly name: string;
  readonly size: number | null;
  readonly file: string | null;
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
    const { size = null, id = "-" } = event.details ?? {};
    this.#addUser.run(user);
    this.#publish.run(name, size, id === "-" ? null : id, user);
  }
}

/**
 * One event for each publication in `db`, the data file at `path`, user by user.
 *
 * @throws {BitTrickleError} `disk` at one that nobody can have published
 */
export function* publicationsIn(db: DatabaseSync, path: string): Generator<CatalogueEvent> {
  const publications = db.prepare(PUBLICATIONS);
  for (const { id, name: user } of db.prepare(USERS).all()) {
    for (const row of publications.all(id as number)) {
      const event = toEvent(user as string, row as unknown as Row);
      const fault = publicationFault(event);
      if (fault) throw damaged(path, `"${row.name}" of "${user}": ${fault}`);
      yield event;
    }
  }
}

function toEvent(user: string, { name, size, file }: Row): CatalogueEvent {
  const event = { kind: "publish", user, name } as const;
  return size === null ? event : { ...event, details: { size, id: file || "-" } };
}
