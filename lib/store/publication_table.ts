/**
 * The catalogue as rows.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { CatalogueEvent } from "../index/catalogue/catalogue.ts";
import { isCatalogueId } from "../protocol/catalogue_id.ts";
import { PLAIN_SHARE } from "../protocol/share.ts";

const ADD_PUBLISHER = "INSERT INTO publishers (user, share) VALUES (?, ?) ON CONFLICT DO NOTHING";
const PUBLISH = `
  INSERT OR REPLACE INTO publications
  SELECT id, ?, ?, unhex(?) FROM publishers WHERE user = ? AND share = ?`;
const WITHDRAW = `
  DELETE FROM publications
  WHERE publisher = (SELECT id FROM publishers WHERE user = ? AND share = ?) AND name = ?`;
const WITHDRAW_EVERYWHERE = `
  DELETE FROM publications
  WHERE publisher IN (SELECT id FROM publishers WHERE user = ?) AND name = ?`;
const PUBLISHERS = "SELECT id, user, share FROM publishers";
const CATALOGUE_ID = "SELECT id FROM catalogue";
const FORGET_PUBLISHER = "DELETE FROM publishers WHERE id = ?";
const PUBLICATIONS = `
  SELECT publisher, name, size, lower(hex(file)) FROM publications
  WHERE (name, publisher) > (?, ?) ORDER BY name, publisher LIMIT ?`;
/** Rows that are read at once: three times as quick as one by one. */
const ROWS_AT_ONCE = 1_000;

/** A row of {@linkcode PUBLICATIONS}. */
type Row = readonly [publisher: number, name: string, size: number | null, id: string];

/** Who publishes, and from where. */
interface Publisher {
  readonly user: string;
  readonly share: string;
}

/** Node's types do not know this yet. */
interface ArrayStatement extends StatementSync {
  setReturnArrays(enabled: boolean): void;
}

/** The same fold as the catalogue's, on disk. Transactions are the caller's. */
export class PublicationTable {
  readonly #db: DatabaseSync;
  readonly #addPublisher: StatementSync;
  readonly #publish: StatementSync;
  readonly #withdraw: StatementSync;
  readonly #withdrawEverywhere: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#addPublisher = db.prepare(ADD_PUBLISHER);
    this.#publish = db.prepare(PUBLISH);
    this.#withdraw = db.prepare(WITHDRAW);
    this.#withdrawEverywhere = db.prepare(WITHDRAW_EVERYWHERE);
  }

  /** Takes in one event. */
  apply(event: CatalogueEvent): void {
    const { user, share = PLAIN_SHARE, name } = event;
    if (event.kind === "withdraw") {
      if (event.isEverywhere) this.#withdrawEverywhere.run(user, name);
      else this.#withdraw.run(user, share, name);
      return;
    }
    if (event.isAdopted) this.#withdraw.run(user, PLAIN_SHARE, name);
    const { size = null, id = null } = event.details ?? {};
    this.#addPublisher.run(user, share);
    this.#publish.run(name, size, id, user, share);
  }
}

/**
 * One event for each publication in `db` in the order of names.
 *
 * @param used Where the numbers of those go who publish something
 */
export function* publicationsIn(
  db: DatabaseSync,
  used: Set<number> = new Set(),
): Generator<CatalogueEvent> {
  const publishers = publishersIn(db);
  const publications = db.prepare(PUBLICATIONS) as ArrayStatement;
  publications.setReturnArrays(true); // A third quicker than objects.
  for (let last: readonly [publisher: number, name: string] = [0, ""];;) {
    const [publisher, name] = last;
    const rows = publications.all(name, publisher, ROWS_AT_ONCE) as unknown as Row[];
    for (const row of rows) {
      used.add(row[0]);
      yield toEvent(publishers.get(row[0])!, row);
    }
    if (rows.length < ROWS_AT_ONCE) return;
    last = [rows.at(-1)![0], rows.at(-1)![1]];
  }
}

/** How many publications there are in `db`. */
export function countPublications(db: DatabaseSync): number {
  return db.prepare("SELECT count(*) AS count FROM publications").get()!.count as number;
}

/** The id of the catalogue in `db`, or `undefined` if there is no good one, as in a damaged file. */
export function catalogueIdIn(db: DatabaseSync): string | undefined {
  const id = String(db.prepare(CATALOGUE_ID).get()?.id);
  return isCatalogueId(id) ? id : undefined;
}

/** Forgets the publishers but for `used`: most shares that have nothing left never come back. */
export function forgetOtherPublishers(db: DatabaseSync, used: ReadonlySet<number>): void {
  const forget = db.prepare(FORGET_PUBLISHER);
  for (const id of publishersIn(db).keys()) if (!used.has(id)) forget.run(id);
}

function publishersIn(db: DatabaseSync): Map<number, Publisher> {
  const rows = db.prepare(PUBLISHERS).all() as unknown as (Publisher & { id: number })[];
  return new Map(rows.map(({ id, user, share }) => [id, { user, share }]));
}

function toEvent({ user, share }: Publisher, [, name, size, id]: Row): CatalogueEvent {
  const event = { kind: "publish", user, share, name } as const;
  if (size === null) return event;
  return { ...event, details: id === "" ? { size } : { size, id } };
}
