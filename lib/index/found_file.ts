/**
 * A name that a search has found, and who publishes the file that is shown of it.
 *
 * @module
 */

import { COUNTED_PUBLISHERS, type Publishers } from "../protocol/publishers.ts";
import type { Publication } from "./catalogue/catalogue.ts";
import type { Row } from "./page.ts";
import type { Session } from "./sessions/sessions.ts";

/** The session that serves a publication now, if one does. */
export type ServingSession = (publication: Publication) => Session | undefined;

const NONE: readonly Publication[] = [];

/** The first publication of a name that somebody serves. Others are looked at only to count them. */
export class FoundFile implements Row {
  readonly #publication: Publication;
  readonly #session: Session;
  /** Those before it, which nobody serves, and those behind it. */
  readonly #passed: readonly Publication[];
  readonly #rest: Iterator<Publication>;
  readonly #serving: ServingSession;

  private constructor(
    publication: Publication,
    session: Session,
    passed: readonly Publication[],
    rest: Iterator<Publication>,
    serving: ServingSession,
  ) {
    this.#publication = publication;
    this.#session = session;
    this.#passed = passed;
    this.#rest = rest;
    this.#serving = serving;
  }

  /** What is shown of `publications` of one name, if anybody serves one of them. */
  static among(
    publications: Iterable<Publication>,
    serving: ServingSession,
  ): FoundFile | undefined {
    const rest = publications[Symbol.iterator]();
    let passed: Publication[] | undefined;
    for (let next = rest.next(); !next.done; next = rest.next()) {
      const session = serving(next.value);
      if (session) return new FoundFile(next.value, session, passed ?? NONE, rest, serving);
      passed ??= [];
      if (passed.length < COUNTED_PUBLISHERS) passed.push(next.value);
    }
  }

  get name(): string {
    return this.#publication.name;
  }

  get details(): Publication["details"] {
    return this.#publication.details;
  }

  /** The row with its publishers, which are counted now. */
  counted(): Row {
    const { name, details } = this;
    return { name, details, publishers: this.#count() };
  }

  /** Goes no further than is counted: many may publish a file. */
  #count(): Publishers {
    const { user } = this.#publication;
    let [active, all] = [1, 1];
    for (let looked = 1; looked < COUNTED_PUBLISHERS; looked++) {
      const next = this.#rest.next();
      if (next.done) break;
      if (!this.#isSame(next.value)) continue;
      all++;
      if (this.#serving(next.value)) active++;
    }
    const passed = this.#passed.filter((it) => this.#isSame(it)).length;
    const device = this.#session.sealed?.device;
    const total = Math.min(all + passed, COUNTED_PUBLISHERS);
    return { user, active, all: total, ...device === undefined ? {} : { device } };
  }

  #isSame({ details }: Publication): boolean {
    const shown = this.#publication.details;
    return details?.id === shown?.id && details?.size === shown?.size;
  }
}
