/**
 * The index: what the server knows, and how it answers. Pure but for what it remembers: requests
 * and the time come in as arguments, replies go out as values.
 *
 * @module
 */

import { type Address, isLoopback, unmapped } from "../protocol/address.ts";
import { type ListOf, NOT_LOGGED_IN, type Reply, type Request } from "../protocol/messages.ts";
import type { Accounts } from "./accounts.ts";
import { Catalogue } from "./catalogue.ts";
import { LoginThrottle } from "./login_throttle.ts";
import { type Session, Sessions } from "./sessions.ts";

type LoginRequest = Request & { verb: "login" };

/** Everything the server knows. */
export class Index {
  readonly #accounts: Accounts;
  readonly #sessions = new Sessions();
  readonly #catalogue = new Catalogue();
  readonly #throttle = new LoginThrottle();
  #named = 0;

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /**
   * Answers `request`, which came from `from` at `now` (milliseconds of any steady clock).
   * A heartbeat gets no reply.
   */
  handle(request: Request, from: Address, now: number): Reply | undefined {
    if (request.verb === "login") return this.#logIn(request, from, now);
    const session = this.#sessions.at(from, now);
    if (session?.user !== request.user) {
      return request.verb === "heartbeat" ? undefined : refuse(NOT_LOGGED_IN);
    }
    session.lastHeard = now;
    return this.#answer(request, session, now);
  }

  /** Whether somebody is logged in at `address`, which proves that messages to it arrive there. */
  knows(address: Address, now: number): boolean {
    return this.#sessions.at(address, now) !== undefined;
  }

  #logIn({ user, password, tcpPort }: LoginRequest, from: Address, now: number): Reply {
    const wait = this.#throttle.wait(user, from.hostname, now);
    if (wait > 0) return refuse(`too many attempts, try again in ${Math.ceil(wait / 1_000)} s`);
    if (!this.#accounts.verify(user, password)) {
      this.#throttle.failed(user, from.hostname, now);
      return { kind: "login failed" };
    }
    this.#throttle.succeeded(user, from.hostname);
    const active = this.#sessions.of(user, now);
    if (active && !isSame(active.address, from)) return { kind: "already active" };
    this.#sessions.open(user, from, tcpPort, now);
    return { kind: "welcome" };
  }

  #answer(request: Exclude<Request, LoginRequest>, asker: Session, now: number): Reply | undefined {
    switch (request.verb) {
      case "heartbeat":
        return undefined;
      case "lap":
        return list("active peers", this.#activeUsersBut(asker, now));
      case "lpf":
        return list("files published", this.#catalogue.namesOf(asker.user));
      case "sch":
        return list("files found", this.#search(request.text, asker, now));
      case "pub":
        return this.#catalogue.publish(asker.user, request.name)
          ? { kind: "published" }
          : refuse("too many publications");
      case "unp":
        return this.#catalogue.withdraw(asker.user, request.name)
          ? { kind: "unpublished" }
          : { kind: "not published" };
      case "get":
        return this.#findSource(request.name, asker, now);
    }
  }

  #activeUsersBut(asker: Session, now: number): string[] {
    const others = this.#sessions.active(now).filter((session) => session !== asker);
    return others.map((session) => session.user).toArray().sort();
  }

  #search(text: string, asker: Session, now: number): string[] {
    const found = this.#catalogue.search(text).filter(([, publishers]) => {
      if (publishers.has(asker.user)) return false;
      return publishers.values().some((user) => this.#sessions.of(user, now));
    });
    return found.map(([name]) => name).toArray().sort();
  }

  /** The active source, other than the asker, that was named least recently. */
  #findSource(name: string, asker: Session, now: number): Reply {
    let source: Session | undefined;
    for (const user of this.#catalogue.publishersOf(name)) {
      const session = this.#sessions.of(user, now);
      if (!session || session === asker || !canReach(asker, session)) continue;
      if (!source || session.lastNamed < source.lastNamed) source = session;
    }
    if (!source) return { kind: "no source" };
    source.lastNamed = ++this.#named;
    return { kind: "source", ip: unmapped(source.address.hostname), port: source.tcpPort };
  }
}

/** A source that spoke over loopback can be reached from this machine only. */
function canReach(asker: Session, source: Session): boolean {
  return isLoopback(asker.address.hostname) || !isLoopback(source.address.hostname);
}

function isSame(a: Address, b: Address): boolean {
  return a.port === b.port && a.hostname === b.hostname;
}

function list(of: ListOf, items: readonly string[]): Reply {
  return { kind: "list", of, items, more: 0 };
}

function refuse(reason: string): Reply {
  return { kind: "error", reason };
}
