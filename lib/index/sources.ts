/**
 * Who has a file: the active sources that an asker is told, with what lets them fetch it.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { type Address, isSameKind, unmapped } from "../protocol/address.ts";
import {
  type ContentKey,
  formatContent,
  hasId,
  ID_DIGITS,
  isWhole,
  parseContent,
} from "../protocol/content.ts";
import { SOURCES_PER_REPLY, TICKET_MS } from "../protocol/limits.ts";
import type { FileDetails, Reply, Source } from "../protocol/messages.ts";
import { ISSUER_BYTES, type Pass, TicketIssuer } from "../protocol/ticket.ts";
import { type Asking, type Candidate, Candidates, sourceFor } from "./candidates.ts";
import type { Catalogue, Publication, Window } from "./catalogue/catalogue.ts";
import { eachIn } from "./catalogue/window.ts";
import type { ServingSessions } from "./serving_sessions.ts";
import type { Session, Told } from "./sessions/sessions.ts";
import type { UnfinishedContents } from "./unfinished_contents.ts";

/** How many publishers a `get` looks at. Each starts at another, so that none is starved. */
interface Reach {
  /** Publishers of a name, or those with a content, in each of the few parts of a catalogue. */
  readonly lookedAt: number;
  /** Publications of a name whose contents are looked at, whether or not their users are there. */
  readonly named: number;
  /** Contents of a name that are looked up under other names: each costs as much as the name. */
  readonly contents: number;
  /** Whether there may be more. */
  readonly mayBeCut: boolean;
}

/** Bounds a `get` to three milliseconds, however many publishers and contents a name has. */
const FAR: Reach = { lookedAt: 1_024, named: 128, contents: 16, mayBeCut: true };

/** As far as nobody else has to wait for: most files are not had by so many. */
const NEAR: Reach = { lookedAt: 64, named: 64, contents: 2, mayBeCut: false };

const NO_SOURCE: Reply = { kind: "no source" };

/** Finds sources; of several, those that were named least recently come first. */
export class Sources {
  readonly #catalogue: Catalogue;
  readonly #serving: ServingSessions;
  readonly #unfinished: UnfinishedContents;
  readonly #issuer = new TicketIssuer(randomBytes(ISSUER_BYTES));
  #named = 0;
  #turn = 0;

  constructor(catalogue: Catalogue, serving: ServingSessions, unfinished: UnfinishedContents) {
    this.#catalogue = catalogue;
    this.#serving = serving;
    this.#unfinished = unfinished;
  }

  /**
   * The active sources other than `asker` of the file called `wanted`, and those of the same content
   * under other names; or, if nobody has one of that name, of the content that is meant by it, see
   * {@linkcode parseContent}. One source of each content comes before the others; those who have it in
   * part come in turn with those who publish it. An asker of protocol 1 is told of one source that
   * publishes it, by name only.
   */
  find(wanted: string, asker: Session, now: number): Reply {
    return this.#find(wanted, asker, now, FAR)!;
  }

  /** The same, or nothing if it would take longer than others should have to wait. */
  findAtOnce(wanted: string, asker: Session, now: number): Reply | undefined {
    return this.#find(wanted, asker, now, NEAR);
  }

  #find(wanted: string, asker: Session, now: number, reach: Reach): Reply | undefined {
    const asking = { asker, serving: this.#serving, now, turn: this.#nextTurn() };
    if (!asker.sealed) return this.#findOne(wanted, asking, reach);
    const window = { most: reach.lookedAt, turn: asking.turn, isCut: false };
    const candidates = this.#collect(wanted, asking, reach, window);
    const isCut = window.isCut || candidates.isCut;
    if (isCut && !reach.mayBeCut) return undefined;
    const found = candidates.inOrder();
    const mayBeMore = isCut || candidates.isPartialCut;
    if (found.length === 0 && !mayBeMore) return NO_SOURCE;
    const told = found.slice(0, SOURCES_PER_REPLY);
    for (const { session } of told.toReversed()) session.lastNamed = ++this.#named;
    const sources = told.map((candidate) => toSource(this.#issuer, candidate, asker, now));
    const more = Math.max(found.length - told.length, mayBeMore ? 1 : 0);
    return { kind: "sources", wanted, sources, more };
  }

  /** The quick way where nothing but a name counts. */
  #findOne(name: string, asking: Asking, reach: Reach): Reply | undefined {
    let first: Session | undefined;
    let count = 0;
    const window = { most: reach.lookedAt, turn: asking.turn, isCut: false };
    for (const publication of this.#catalogue.publishersOf(name, window)) {
      const session = sourceFor(asking, publication);
      if (!session) continue;
      count++;
      if (!first || first.lastNamed > session.lastNamed) first = session;
    }
    if (window.isCut && !reach.mayBeCut) return undefined;
    if (!first) return NO_SOURCE;
    first.lastNamed = ++this.#named;
    const source = sourceOf(first, name, hostsOf(first, asking.asker, asking.now));
    return { kind: "sources", sources: [source], more: count - 1 };
  }

  /** A name may be spelled like an id. One that is like a whole id never keeps that from being found. */
  #collect(wanted: string, asking: Asking, reach: Reach, window: Window): Candidates {
    const candidates = new Candidates(asking);
    const named = this.#catalogue.publishersOf(wanted, window);
    candidates.take(named);
    const contents = contentsOf(candidates, named, reach, window);
    for (const content of contents) candidates.take(this.#catalogue.holdersOf(content, window));
    const query = parseContent(wanted);
    if (query && (named.length === 0 || query.id.length === ID_DIGITS)) {
      candidates.take(this.#catalogue.holdersOf(query, window));
    }
    if (this.#unfinished.size > 0) {
      const meant = [...isWhole(query) ? [query] : contents, ...candidates.contents()];
      for (const content of different(meant).slice(0, reach.contents)) {
        candidates.takePartial(this.#unfinished, wanted, content);
      }
    }
    return candidates;
  }

  /** Where to begin to look: each time elsewhere. A linear congruential generator. */
  #nextTurn(): number {
    this.#turn = (Math.imul(this.#turn, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#turn / 2 ** 32;
  }
}

/** The contents that a name stands for: those that can be had come first. */
function contentsOf(
  candidates: Candidates,
  named: readonly Publication[],
  reach: Reach,
  window: Window,
): ContentKey[] {
  const contents = [...candidates.contents()];
  const looked: Window = { most: reach.named, turn: window.turn };
  eachIn(looked, 0, named.length, (i) => {
    const { details } = named[i]!;
    if (hasId(details)) contents.push(details);
  });
  const all = different(contents);
  if (looked.isCut || all.length > reach.contents) window.isCut = true;
  return all.slice(0, reach.contents);
}

/** Each content once, where it came first. */
function different(contents: readonly ContentKey[]): ContentKey[] {
  const byKey = new Map<string, ContentKey>();
  for (const content of contents) byKey.set(formatContent(content), content);
  return [...byKey.values()];
}

function toSource(
  issuer: TicketIssuer,
  { session, user, name, details, isPartial }: Candidate,
  asker: Session,
  now: number,
): Source {
  const file = { user, name, ...details ? { details } : {} };
  const pass = details && issuePass(issuer, session, asker, details, now);
  const hosts = hostsOf(session, asker, now);
  const source = { ...sourceOf(session, name, hosts), file, ...isPartial ? { isPartial } : {} };
  return pass ? { ...source, port: session.sealed!.tlsPort, pass } : source;
}

function sourceOf({ user, tcpPort }: Session, name: string, [ip, otherIp]: Hosts): Source {
  const other = otherIp === undefined ? {} : { otherIp };
  return { ip, port: tcpPort, file: { user, name }, ...other };
}

/** The address of a source that is told first, and another one if it has one. */
type Hosts = readonly [ip: string, otherIp?: string | undefined];

/** Where `source` says that it serves, and is: at its address first that is of the kind of the asker's. */
function hostsOf({ address, sealed }: Session, asker: Session, now: number): Hosts {
  const [first, second] = provenHosts(address, sealed, asker, now);
  const advertised = sealed?.advertised;
  return advertised === undefined || advertised === first ? [first, second] : [advertised, first];
}

function provenHosts(
  address: Address,
  sealed: Told | undefined,
  asker: Session,
  now: number,
): Hosts {
  const ip = unmapped(address.hostname);
  const other = sealed?.other;
  if (!other || other.until < now) return [ip];
  const otherIp = other.hostname;
  return isSameKind(otherIp, asker.address.hostname) ? [otherIp, ip] : [ip, otherIp];
}

function issuePass(
  issuer: TicketIssuer,
  source: Session,
  asker: Session,
  details: FileDetails,
  now: number,
): Pass | undefined {
  const { tlsLabel: label } = source;
  if (!source.sealed || label === undefined || !asker.sealed || !hasId(details)) return undefined;
  const { id, size } = details;
  const ticket = {
    downloader: asker.user,
    id,
    size,
    expires: now + source.clock.ahead + TICKET_MS,
  };
  return { ticket: issuer.issue(source.sealed.keys.tickets, ticket), label };
}
