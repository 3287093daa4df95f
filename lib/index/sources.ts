/**
 * Who has a file: the active sources that an asker is told, with what lets them fetch it.
 *
 * @module
 */

import { isLoopback, unmapped } from "../protocol/address.ts";
import { NONE } from "../protocol/fields.ts";
import { SOURCES_PER_REPLY, TICKET_MS } from "../protocol/limits.ts";
import type { FileDetails, Reply, Source } from "../protocol/messages.ts";
import { isIdBeginning } from "../protocol/merkle.ts";
import { issueTicket, type Pass } from "../protocol/ticket.ts";
import type { Catalogue, Publication } from "./catalogue.ts";
import type { Session, Sessions } from "./sessions.ts";

/** A publication and the session that serves it. */
interface Candidate {
  readonly session: Session;
  readonly user: string;
  readonly name: string;
  readonly details: FileDetails | undefined;
}

const NO_SOURCE: Reply = { kind: "no source" };

/** Finds sources; of several, those that were named least recently come first. */
export class Sources {
  readonly #catalogue: Catalogue;
  readonly #sessions: Sessions;
  #named = 0;

  constructor(catalogue: Catalogue, sessions: Sessions) {
    this.#catalogue = catalogue;
    this.#sessions = sessions;
  }

  /**
   * The active sources other than `asker` of the file called `wanted`, and those of the same content
   * under other names; or, if nobody has one of that name, of the id that begins like that. One
   * source of each content comes before the others. An asker of protocol 1 is told of one source, by
   * name only.
   */
  find(wanted: string, asker: Session, now: number): Reply {
    if (asker.address.sealed === undefined) return this.#findOne(wanted, asker, now);
    const found = oneOfEachFirst(this.#served(this.#publications(wanted), asker, now));
    if (found.length === 0) return NO_SOURCE;
    const told = found.slice(0, SOURCES_PER_REPLY);
    for (const { session } of told.toReversed()) session.lastNamed = ++this.#named;
    const sources = told.map((candidate) => toSource(candidate, asker, now));
    return { kind: "sources", wanted, sources, more: found.length - told.length };
  }

  /** The quick way where nothing but a name counts. */
  #findOne(name: string, asker: Session, now: number): Reply {
    let first: Session | undefined;
    let count = 0;
    for (const { user } of this.#catalogue.publishersOf(name)) {
      const session = this.#sessions.of(user, now);
      if (!session || session === asker || !canReach(asker, session)) continue;
      count++;
      if (!first || first.lastNamed > session.lastNamed) first = session;
    }
    if (!first) return NO_SOURCE;
    first.lastNamed = ++this.#named;
    return { kind: "sources", sources: [sourceOf(first, name)], more: count - 1 };
  }

  #publications(wanted: string): Publication[] {
    const named = this.#catalogue.publishersOf(wanted);
    if (named.length === 0 && isIdBeginning(wanted)) return [...this.#catalogue.withId(wanted)];
    const ids = new Set(named.map(({ details }) => details?.id ?? NONE));
    ids.delete(NONE);
    const others = [...ids].flatMap((id) => [...this.#catalogue.withId(id)]);
    return [...named, ...others.filter(({ name }) => name !== wanted)];
  }

  /** One candidate a user, as a user's content is the same whatever it is called. */
  #served(published: readonly Publication[], asker: Session, now: number): Candidate[] {
    const served = new Map<string, Candidate>();
    for (const publication of published) {
      const { user, name, details } = publication;
      const session = this.#sessions.of(user, now);
      const key = `${user} ${details?.id ?? NONE}`;
      if (!session || session === asker || served.has(key) || !canReach(asker, session)) continue;
      served.set(key, { session, user, name, details });
    }
    return [...served.values()].sort((a, b) => a.session.lastNamed - b.session.lastNamed);
  }
}

/** A source that spoke over loopback can be reached from this machine only. */
function canReach(asker: Session, source: Session): boolean {
  return isLoopback(asker.address.hostname) || !isLoopback(source.address.hostname);
}

/** Who asks for a name sees at once that it stands for several contents. */
function oneOfEachFirst(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  const firsts = candidates.filter(({ details }) => {
    const id = details?.id ?? NONE;
    return !seen.has(id) && seen.add(id);
  });
  return [...firsts, ...candidates.filter((candidate) => !firsts.includes(candidate))];
}

function toSource(
  { session, user, name, details }: Candidate,
  asker: Session,
  now: number,
): Source {
  const file = { user, name, ...details ? { details } : {} };
  const pass = details && issuePass(session, asker, details, now);
  return { ...sourceOf(session, name), file, ...pass ? { pass } : {} };
}

function sourceOf({ user, address, tcpPort }: Session, name: string): Source {
  return { ip: unmapped(address.hostname), port: tcpPort, file: { user, name } };
}

function issuePass(
  source: Session,
  { user, address }: Session,
  { id }: FileDetails,
  now: number,
): Pass | undefined {
  const { ticketKey } = source.address;
  if (!ticketKey || id === NONE || address.sealed === undefined) return undefined;
  const expires = now + TICKET_MS;
  return issueTicket(ticketKey, ++source.ticketsIssued, { downloader: user, id, expires });
}
