/**
 * The index: what the server knows, and how it answers. Pure but for what it remembers: requests
 * and the time come in as arguments, replies go out as values.
 *
 * @module
 */

import {
  type ErrorCode,
  type FileDetails,
  type ListOf,
  NOT_LOGGED_IN,
  type Reply,
  type Request,
} from "../protocol/messages.ts";
import type { Accounts } from "./accounts.ts";
import type { Catalogue } from "./catalogue.ts";
import { FORGETFUL, type Journal } from "./journal.ts";
import { LoginThrottle } from "./login_throttle.ts";
import { type Eventually, Publications } from "./publications.ts";
import { type Caller, type Session, Sessions } from "./sessions.ts";
import { Sources } from "./sources.ts";

type LoginRequest = Request & { verb: "login" };
type Question = Exclude<Request, { verb: "login" } | { verb: "heartbeat" }>;

/** An item of a list, and what is known of it. */
type Row = readonly [item: string, details: FileDetails | undefined];

/** Everything the server knows. */
export class Index {
  readonly throttle = new LoginThrottle();
  readonly #sessions = new Sessions();
  readonly #publications: Publications;
  readonly #catalogue: Catalogue;
  readonly #sources: Sources;
  #accounts: Accounts;

  constructor(accounts: Accounts, journal: Journal = FORGETFUL) {
    this.#accounts = accounts;
    this.#publications = new Publications(journal);
    this.#catalogue = this.#publications.catalogue;
    this.#sources = new Sources(this.#catalogue, this.#sessions);
  }

  /** Who may log in. */
  get accounts(): Accounts {
    return this.#accounts;
  }

  /** Replaces the accounts, and ends the sessions of those who changed or are no longer let in. */
  replaceAccounts(accounts: Accounts, now: number): void {
    const changed = this.#sessions.active(now).filter(({ user }) => {
      return accounts.secretOf(user) !== this.#accounts.secretOf(user);
    });
    for (const session of changed.toArray()) this.#sessions.close(session);
    this.#accounts = accounts;
  }

  /**
   * Answers `request`, which came from `from` at `now` (milliseconds of any steady clock).
   * A heartbeat gets no reply, and what changes the catalogue gets it when the journal has kept it.
   */
  handle(request: Request, from: Caller, now: number): Eventually<Reply> | undefined {
    if (request.verb === "login") return this.#logIn(request, from, now);
    const session = this.#sessions.at(from, now);
    if (session?.user !== request.user) {
      return request.verb === "heartbeat" ? undefined : refuse(401, NOT_LOGGED_IN);
    }
    session.lastHeard = now;
    if (!session.rate.take(now)) return refuse(429, "too many requests");
    if (request.verb === "heartbeat") return undefined;
    return this.#answer(request, session, now);
  }

  /** Lets in a user who has proven to be one, unless active elsewhere. */
  admit(user: string, from: Caller, tcpPort: number, now: number): Reply {
    const active = this.#sessions.of(user, now);
    if (active && !isSame(active.address, from)) return { kind: "already active" };
    this.#sessions.open(user, from, tcpPort, now);
    return { kind: "welcome" };
  }

  /** Whether somebody is logged in at `address`, which proves that messages to it arrive there. */
  knows(address: Caller, now: number): boolean {
    return this.#sessions.at(address, now) !== undefined;
  }

  #logIn({ user, password, tcpPort }: LoginRequest, from: Caller, now: number): Reply {
    const wait = this.throttle.wait(user, from.hostname, now);
    if (wait > 0) {
      return refuse(429, `too many attempts, try again in ${Math.ceil(wait / 1_000)} s`);
    }
    if (!this.#accounts.verify(user, password)) {
      this.throttle.failed(user, from.hostname, now);
      return { kind: "login failed" };
    }
    this.throttle.succeeded(user, from.hostname);
    return this.admit(user, from, tcpPort, now);
  }

  #answer(request: Question, asker: Session, now: number): Eventually<Reply> {
    switch (request.verb) {
      case "bye":
        this.#sessions.close(asker);
        return { kind: "done" };
      case "lap":
        return list("active peers", this.#activeUsersBut(asker, now), request.after);
      case "lpf": {
        const rows = this.#catalogue.namesOf(request.of ?? asker.user).entries();
        return list("files published", rows.toArray(), request.after);
      }
      case "sch":
        return list("files found", this.#search(request.text, asker, now), request.after);
      case "pub":
        return this.#publications.publish(asker.user, request.name, request.details);
      case "unp":
        return this.#publications.withdraw(asker.user, request.name);
      case "get":
        return this.#sources.find(request.name, asker, now);
    }
  }

  #activeUsersBut(asker: Session, now: number): Row[] {
    const others = this.#sessions.active(now).filter((session) => session !== asker);
    return others.map(({ user }): Row => [user, undefined]).toArray();
  }

  #search(text: string, asker: Session, now: number): Row[] {
    const rows: Row[] = [];
    for (const [name, publishers] of this.#catalogue.search(text.split(" "))) {
      if (publishers.has(asker.user)) continue;
      const active = publishers.entries().find(([user]) => this.#sessions.of(user, now));
      if (active) rows.push([name, active[1]]);
    }
    return rows;
  }
}

function isSame(a: Caller, b: Caller): boolean {
  return a.port === b.port && a.hostname === b.hostname;
}

/** The sorted rows after `after`; what is known of them is left out where nothing is known. */
function list(of: ListOf, rows: readonly Row[], after = ""): Reply {
  const wanted = rows.filter(([item]) => item > after).sort(([a], [b]) => a < b ? -1 : 1);
  const items = wanted.map(([item]) => item);
  const details = wanted.map(([, known]) => known);
  const isTold = details.some((known) => known !== undefined);
  return { kind: "list", of, items, more: 0, ...isTold ? { details } : {} };
}

function refuse(code: ErrorCode, reason: string): Reply {
  return { kind: "error", code, reason };
}
