/**
 * The index: what the server knows, and how it answers. Pure but for what it remembers: requests
 * and the time come in as arguments, replies go out as values.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import type { MaybePromise } from "../async/maybe_promise.ts";
import type { Address } from "../protocol/address.ts";
import { CATALOGUE_ID_BYTES } from "../protocol/catalogue_id.ts";
import { SEARCH_SLICES } from "../protocol/limits.ts";
import { NOT_LOGGED_IN, type Reply, type Request } from "../protocol/messages.ts";
import { filesOf } from "../protocol/publication_rows.ts";
import type { ListRequest } from "../protocol/sealed_request.ts";
import { PLAIN_SHARE } from "../protocol/share.ts";
import type { Accounts } from "./login/accounts.ts";
import { Catalogue } from "./catalogue/catalogue.ts";
import { InMemoryJournal, type Journal } from "./catalogue/journal.ts";
import { Invitations } from "./login/invitations.ts";
import { AUTHORITY_SEED_BYTES } from "./login/server_keys.ts";
import { LoginRates } from "./login/login_rates.ts";
import { LoginThrottle } from "./login/login_throttle.ts";
import { plainRefusal } from "./login/plain_login.ts";
import { Admission } from "./admission.ts";
import { Certificates } from "./certificates.ts";
import { SessionCertificates } from "./session_certificates.ts";
import { Downloads } from "./downloads.ts";
import { AT_ONCE, type Defer, UNFINISHED } from "./long_work.ts";
import { RemoteSessions } from "./remote_sessions.ts";
import { listFault, Lists } from "./lists.ts";
import { LongPlaces } from "./long_places.ts";
import { Overview } from "./overview.ts";
import { Publications } from "./catalogue/publications.ts";
import { end, type SealedSession, type Session, Sessions } from "./sessions/sessions.ts";
import type { SessionRegistry } from "./session_registry.ts";
import type { Registrations } from "./registrations.ts";
import {
  FOR_A_PASSWORD,
  NO_REGISTRATIONS,
  NO_SHARE,
  refuse,
  TOO_BUSY,
  UNKNOWN_PLACE,
} from "./refusals.ts";
import { ServingSessions } from "./serving_sessions.ts";
import { Sources } from "./sources.ts";
import { UnfinishedContents } from "./unfinished_contents.ts";

type LoginRequest = Request & { verb: "login" };
/** What somebody who is logged in asks. */
type SessionRequest = Exclude<Request, { verb: "login" }>;
type Question = Exclude<SessionRequest, { verb: "heartbeat" }>;
/** What a session of an invitation may ask, which is nobody's yet. */
const OF_INVITATIONS: ReadonlySet<string> = new Set(["passwd", "move", "bye"]);

/** How an {@linkcode Index} is set up. */
export interface IndexOptions {
  /** Keeps what is published. @default {InMemoryJournal} */
  readonly journal?: Journal | undefined;
  /** An empty one. */
  readonly catalogue?: Catalogue;
  /** Makes lists and searches. @default {AT_ONCE} */
  readonly defer?: Defer;
  /** Issues certificates to those who serve files. @default an authority of its own */
  readonly certificates?: Certificates;
  /** In how many slices a search fills its page. @default {SEARCH_SLICES} */
  readonly searchSlices?: number;
  /** Lets users set their passwords. @default nobody may */
  readonly registrations?: Registrations;
  /** @default none */
  readonly invitations?: Invitations;
  /** Where sessions are registered, if there are other servers. @default nowhere */
  readonly registry?: SessionRegistry | undefined;
}

/** Everything the server knows. */
export class Index {
  /** How often passwords may be guessed, over either protocol. */
  readonly throttle = new LoginThrottle();
  /** How many logins a host may begin, over either protocol. */
  readonly loginRates = new LoginRates();
  /** What the catalogue is known by, see `catalogue_id.ts`. */
  readonly catalogueId: string;
  /** For those who run it. */
  readonly overview: Overview;
  readonly #sessions = new Sessions();
  readonly #publications: Publications;
  readonly #catalogue: Catalogue;
  /** Who gets a session. */
  readonly admission: Admission;
  /** The sessions at the other servers, if there are any. */
  readonly remoteSessions: RemoteSessions;
  /** Who has how much of what they fetch. */
  readonly downloads = new Downloads();
  readonly #unfinished = new UnfinishedContents();
  readonly #sources: Sources;
  readonly #lists: Lists;
  readonly #places = new LongPlaces();
  readonly #certificates: SessionCertificates;
  readonly #defer: Defer;
  readonly #registrations: Registrations | undefined;
  #accounts: Accounts;
  #invitations: Invitations;

  constructor(accounts: Accounts, options: IndexOptions = {}) {
    const { catalogue = new Catalogue(), defer = AT_ONCE } = options;
    const { journal = new InMemoryJournal() } = options;
    this.#accounts = accounts;
    this.#invitations = options.invitations ?? Invitations.NONE;
    this.#defer = defer;
    this.#registrations = options.registrations;
    this.#publications = new Publications(journal, catalogue, (user, share) => {
      this.#sessions.tellWithdrawal(user, (session) => session.share === share);
    });
    this.catalogueId = journal.catalogueId ?? randomBytes(CATALOGUE_ID_BYTES).toString("hex");
    this.#catalogue = catalogue;
    const { searchSlices = SEARCH_SLICES } = options;
    this.admission = new Admission(this, this.#sessions, options.registry);
    this.remoteSessions = new RemoteSessions(this.#sessions, this.#unfinished);
    const serving = new ServingSessions(this.#sessions);
    this.#lists = new Lists(this.#sessions, serving, catalogue, searchSlices);
    this.#sources = new Sources(catalogue, serving, this.#unfinished);
    const [sessions, downloads, lists] = [this.#sessions, this.downloads, this.#lists];
    this.overview = new Overview({ sessions, serving, catalogue, downloads, lists, defer });
    const { certificates = new Certificates(randomBytes(AUTHORITY_SEED_BYTES)) } = options;
    this.#certificates = new SessionCertificates(certificates);
  }

  /** Who may log in. */
  get accounts(): Accounts {
    return this.#accounts;
  }

  /** Who may become a user. */
  get invitations(): Invitations {
    return this.#invitations;
  }

  /** Replaces the accounts, and ends the sessions of those who changed or are no longer let in. */
  replaceAccounts(accounts: Accounts, invitations = this.#invitations): void {
    this.#sessions.endAll(({ user, sealed }) => {
      if (sealed?.invited !== undefined) return invitations.faultOf(user, accounts) !== undefined;
      return accounts.secretOf(user) !== this.#accounts.secretOf(user);
    });
    this.#accounts = accounts;
    this.#invitations = invitations;
  }

  /**
   * Answers `request`, which came in clear from `from` at `now` (milliseconds of any steady clock).
   * A heartbeat gets no reply, what changes the catalogue gets it when the journal has kept it, and
   * what asks for a list when it is its turn.
   */
  handle(request: Request, from: Address, now: number): MaybePromise<Reply> | undefined {
    if (request.verb === "login") return this.#logIn(request, from, now);
    const session = this.#sessions.at(from, now);
    if (session?.user === request.user) return this.serve(request, session, now);
    return request.verb === "heartbeat" ? undefined : refuse(401, NOT_LOGGED_IN);
  }

  /** The same for what surely comes from the user of `session`, which is active. */
  serve(request: SessionRequest, session: Session, now: number): MaybePromise<Reply> | undefined {
    session.lastHeard = now;
    if (!session.rate.take(now)) return refuse(429, "too many requests");
    if (request.verb === "heartbeat") return undefined;
    if (session.sealed?.invited !== undefined && !OF_INVITATIONS.has(request.verb)) {
      return FOR_A_PASSWORD;
    }
    return this.#answer(request, session, now);
  }

  /** Whether somebody is logged in at `address`, which proves that messages to it arrive there. */
  knows(address: Address, now: number): boolean {
    return this.#sessions.at(address, now) !== undefined;
  }

  /** The session of protocol 2 called `name`, which may be over. */
  sealedSession(name: string): SealedSession | undefined {
    return this.#sessions.sealed(name);
  }

  /** All active sessions of protocol 2. */
  sealedSessions(now: number): Iterable<SealedSession> {
    return this.#sessions.allSealed(now);
  }

  /** Ends all sessions that were opened here: this server is cut off from the others. */
  endSessions(): void {
    this.#sessions.endAll(() => true);
  }

  /** Forgets what nobody waits for any more. To be called now and then. */
  expire(now: number): void {
    this.#sessions.forgetOver(now);
    this.#places.forgetOthers((user) => this.#sessions.isKnown(user));
  }

  /** Records that messages may have been lost here since `since`: sessions then get one more heartbeat. */
  missedMessages(since: number): void {
    this.#sessions.excuse(since);
  }

  /** Records that nobody was heard here from `since` to `until`, whoever spoke: that is nobody's silence. */
  stoodStill(since: number, until: number): void {
    this.#sessions.leaveOut(since, until);
  }

  #logIn(request: LoginRequest, from: Address, now: number): MaybePromise<Reply> {
    return plainRefusal(request, from, now, this) ??
      this.admission.admit(request.user, from, request.tcpPort, now);
  }

  #answer(request: Question, asker: Session, now: number): MaybePromise<Reply> {
    switch (request.verb) {
      case "bye":
        end(asker);
        return { kind: "done" };
      case "move":
        return { kind: "done" }; // It is where it was.
      case "ca":
        return this.#certificates.authority();
      case "cert":
        return this.#certificates.issue(asker, request.spki, now);
      case "lap":
      case "lpf":
      case "sch":
      case "share":
        return this.#list(request, asker, now);
      case "pub":
      case "unp":
        return this.#change(request, asker, now);
      case "get":
        return this.#sources.findAtOnce(request.name, asker, now) ??
          this.#defer(asker.user, () => this.#sources.find(request.name, asker, now)) ?? TOO_BUSY;
      case "have":
        this.#unfinished.add(asker, request.content, now);
        return { kind: "done" };
      case "lack":
        this.#unfinished.remove(asker, request.content);
        return { kind: "done" };
      case "progress":
        this.downloads.take(asker, request.content, request.bytes, now);
        return { kind: "done" };
      case "passwd":
        return this.#registrations?.answer(request.message, asker, this.#accounts, now) ??
          NO_REGISTRATIONS;
    }
  }

  /** A list, which a client of protocol 2 may read page by page. */
  #list(request: ListRequest, asker: Session, now: number): MaybePromise<Reply> {
    const fault = listFault(request, asker);
    if (fault) return fault;
    const after = this.#places.find(asker.user, request.after ?? "");
    if (after === undefined) return UNKNOWN_PLACE;
    const placed = after === "" ? request : { ...request, after };
    const next = this.#lists.run(placed, asker, now);
    // By user, not by session: a new login gets no second place in the queue.
    return this.#defer(asker.user, () => {
      const list = next();
      if (list === UNFINISHED || list.kind !== "list" || !asker.sealed) return list;
      return this.#places.withCursors(list, request);
    }) ?? TOO_BUSY;
  }

  #change(
    request: SessionRequest & { verb: "pub" | "unp" },
    asker: Session,
    now: number,
  ): MaybePromise<Reply> {
    const { user, share } = asker;
    if (request.verb === "unp" && request.isEverywhere) {
      return this.#withdrawEverywhere(request.name, asker);
    }
    if (share === undefined) return NO_SHARE;
    const adopts = share !== PLAIN_SHARE && !this.#sessions.plainOf(user, now);
    const publisher = { user, share, adopts, by: asker.sealed?.keys.session };
    return request.verb === "pub"
      ? this.#publications.publish(publisher, filesOf(request))
      : this.#publications.withdraw(publisher, request.name);
  }

  /** Whoever serves the name in another session hears of it with its next heartbeat, here and elsewhere. */
  #withdrawEverywhere(name: string, asker: Session): MaybePromise<Reply> {
    const tell = (reply: Reply) => {
      if (reply.kind !== "unpublished") return reply;
      this.#sessions.tellWithdrawal(asker.user, (session) => session !== asker);
      return reply;
    };
    const reply = this.#publications.withdrawEverywhere(
      asker.user,
      name,
      asker.sealed?.keys.session,
    );
    return reply instanceof Promise ? reply.then(tell) : tell(reply);
  }
}
