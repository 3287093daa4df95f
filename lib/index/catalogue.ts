/**
 * Who publishes what.
 *
 * @module
 */

import { PUBLICATIONS_PER_USER } from "../protocol/limits.ts";
import type { FileDetails } from "../protocol/messages.ts";
import type { SearchQuery } from "../protocol/search_query.ts";
import { encodeUtf8 } from "../protocol/utf8.ts";
import { NameTable } from "./catalogue/name_table.ts";
import { Publication, type Tables } from "./catalogue/publication.ts";
import { PublicationTable } from "./catalogue/publication_table.ts";
import { PublicationsById } from "./catalogue/publications_by_id.ts";
import { PublicationsByUser } from "./catalogue/publications_by_user.ts";
import { Search, type SearchScope } from "./catalogue/search.ts";
import { UserTable } from "./catalogue/user_table.ts";

export type { Publication } from "./catalogue/publication.ts";
export type { Search } from "./catalogue/search.ts";

/** One entry of the journal: what a user published or withdrew. */
export type CatalogueEvent =
  | {
    readonly kind: "publish";
    readonly user: string;
    readonly name: string;
    readonly details?: FileDetails | undefined;
  }
  | { readonly kind: "withdraw"; readonly user: string; readonly name: string };

/**
 * All publications, which outlive the sessions of those who made them: a fold over the events that
 * made them, and changed by nothing else. What it returns is read lazily, and only until the next
 * event.
 */
export class Catalogue {
  readonly #tables: Tables = {
    users: new UserTable(),
    names: new NameTable(),
    publications: new PublicationTable(),
  };
  readonly #byUser = new PublicationsByUser(this.#tables);
  readonly #byId = new PublicationsById(this.#tables.publications);

  /** Takes in one event; those of a journal in their order make the catalogue what it was. */
  apply(event: CatalogueEvent): void {
    if (event.kind === "withdraw") return this.#withdraw(event.user, event.name);
    const { user, name, details } = event;
    const text = encodeUtf8(name);
    const publication = this.#byUser.find(user, text) ?? this.#add(user, name, text);
    this.#byId.remove(publication);
    this.#tables.publications.describe(publication, details);
    this.#byId.add(publication);
  }

  /** Whether `user` publishes `name`. */
  has(user: string, name: string): boolean {
    return this.#byUser.find(user, encodeUtf8(name)) !== undefined;
  }

  /** What is known of the file that `user` publishes as `name`. */
  detailsOf(user: string, name: string): FileDetails | undefined {
    const publication = this.#byUser.find(user, encodeUtf8(name));
    return publication === undefined
      ? undefined
      : new Publication(this.#tables, publication).details;
  }

  /** Whether `user` has, with `coming` more, as many publications as one may have. */
  isFull(user: string, coming = 0): boolean {
    return this.#tables.users.countOf(user) + coming >= PUBLICATIONS_PER_USER;
  }

  /** What `user` publishes, by name, from the first name after `after`. */
  namesOf(user: string, after?: string): Generator<Publication> {
    return this.#views(this.#byUser.of(user, after));
  }

  /** Who publishes `name`, active or not, in the order in which they did. */
  publishersOf(name: string): Generator<Publication> {
    const { names, publications } = this.#tables;
    const number = names.find(encodeUtf8(name));
    return this.#views(
      number === undefined ? [] : publications.around(names.firstOf(number)),
    );
  }

  /** The publications whose id begins with `prefix`, hexadecimal digits, by id. */
  withId(prefix: string): Generator<Publication> {
    return this.#views(this.#byId.beginningWith(prefix));
  }

  /** The names that match `query`, in their order. */
  search(query: SearchQuery, scope: SearchScope = {}): Search {
    const searched = { ...this.#tables, byUser: this.#byUser };
    return new Search(searched, query, scope);
  }

  #add(user: string, name: string, text: Uint8Array): number {
    const { users, names, publications } = this.#tables;
    const known = names.find(text);
    const number = known ?? names.add(name, text);
    const first = known === undefined ? undefined : names.firstOf(known);
    const publication = publications.add(users.findOrAdd(user), number, first);
    if (first === undefined) names.setFirst(number, publication);
    this.#byUser.add(publication);
    return publication;
  }

  #withdraw(user: string, name: string): void {
    const publication = this.#byUser.find(user, encodeUtf8(name));
    if (publication === undefined) return;
    this.#byUser.remove(publication);
    this.#byId.remove(publication);
    this.#remove(publication);
  }

  #remove(publication: number): void {
    const { names, publications } = this.#tables;
    const number = publications.nameOf(publication);
    const isFirst = names.firstOf(number) === publication;
    const next = publications.remove(publication);
    if (next === undefined) names.remove(number);
    else if (isFirst) names.setFirst(number, next);
  }

  *#views(publications: Iterable<number>): Generator<Publication> {
    for (const publication of publications) yield new Publication(this.#tables, publication);
  }
}
