import { assert, assertEquals } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import type { CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";
import type { Apply, Journal } from "../../lib/index/catalogue/journal.ts";
import { Index } from "../../lib/index/index.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { AT_ONCE, type Defer, type Work } from "../../lib/index/long_work.ts";
import type { SessionRegistry } from "../../lib/index/session_registry.ts";
import type { Session } from "../../lib/index/sessions/sessions.ts";
import type { Address } from "../../lib/protocol/address.ts";
import type { ContentKey } from "../../lib/protocol/content.ts";
import type { Reply, Source } from "../../lib/protocol/messages.ts";
import { openTicket } from "../../lib/protocol/ticket.ts";
import { sealedAs, SHARE } from "../support/sealed_as.ts";
import { CREDENTIALS } from "../support/users.ts";

const PURE = { permissions: "none" } as const;
const FILM: ContentKey = { id: "ab".repeat(32), size: 5_000_000 };
const LABEL = "0".repeat(32);
/** The clock of the one server is an hour ahead of that of the other. */
const AHEAD = 3_600_000;

/** Tells all who follow it what any of them tells it. */
class SharedJournal {
  readonly #followers: Apply[] = [];

  /** That of one more server. */
  open(): Journal {
    return {
      entries: () => [],
      follow: (apply) => void this.#followers.push(apply),
      append: (...events: readonly CatalogueEvent[]) => {
        for (const apply of this.#followers) events.forEach(apply);
        return undefined;
      },
    };
  }
}

/** Two servers of one fleet: times are those of the clock of the second. */
class TwoServers {
  readonly #journal = new SharedJournal();
  readonly first = this.#server();
  readonly second = this.#server();

  #server(registry?: SessionRegistry): Index {
    return new Index(Accounts.parse(CREDENTIALS), { journal: this.#journal.open(), registry });
  }

  /**
   * Tells the second server of all sessions of the first.
   *
   * @param ahead How far the clock of that one is known to be ahead
   */
  tell(now: number, ahead = AHEAD): void {
    const there = now + AHEAD;
    const keys = Array.from(this.first.sealedSessions(there), (session) => {
      const key = session.sealed.keys.session;
      const told = this.first.remoteSessions.describe(session, there);
      this.second.remoteSessions.put(key, told, { ahead }, now);
      return key;
    });
    for (const key of this.second.remoteSessions.keys()) {
      if (!keys.includes(key)) this.second.remoteSessions.remove(key);
    }
  }
}

function enter(index: Index, user: string, name: string, now: number, from = at(name)): Session {
  assertEquals(index.admission.admit(user, from, 5_000, now, sealedAs(name)), { kind: "welcome" });
  const session = index.sealedSession(name)!;
  session.tlsLabel = LABEL;
  return session;
}

/** An address of its own for each name. */
function at(name: string): Address {
  return { hostname: "192.0.2.1", port: 2_000 + name.charCodeAt(0) };
}

function publish(index: Index, session: Session, name: string, now: number): void {
  const { user } = session;
  const reply = index.serve({ verb: "pub", user, name, details: FILM }, session, now);
  assertEquals(reply, { kind: "published" });
}

function sourcesOf(index: Index, asker: Session, name: string, now: number): readonly Source[] {
  const reply = index.serve({ verb: "get", user: asker.user, name }, asker, now) as Reply;
  return reply.kind === "sources" ? reply.sources : [];
}

function peersOf(index: Index, asker: Session, now: number): unknown {
  const reply = index.serve({ verb: "lap", user: asker.user }, asker, now) as Reply;
  return reply.kind === "list" ? reply.items : reply;
}

Deno.test("a session that is opened while a list waits for its turn has an age", PURE, async () => {
  const turn = Promise.withResolvers<void>();
  const defer: Defer = async <T>(owner: string, work: Work<T>) => {
    await turn.promise;
    return (await AT_ONCE(owner, work))!;
  };
  const index = new Index(Accounts.parse(CREDENTIALS), { defer });
  const yoda = enter(index, "yoda", "y", 1_000);
  const lap = { verb: "lap", user: "yoda", isDetailed: true } as const;
  const reply = index.serve(lap, yoda, 1_000) as Promise<Reply>;
  enter(index, "hans", "h", 1_900);
  turn.resolve();
  const list = await reply;
  assertEquals(list.kind === "list" && list.sessions?.map(({ seconds }) => seconds), [0, 0]);
});

Deno.test(
  "a session of a server whose clock is not known well was opened at most now",
  PURE,
  () => {
    for (const ahead of [AHEAD - 2_000, -Infinity]) {
      const fleet = new TwoServers();
      enter(fleet.first, "hans", "h", 1_000 + AHEAD);
      enter(fleet.second, "yoda", "y", 1_000);
      fleet.tell(1_500, ahead);
      const asker = fleet.second.sealedSession("y")!;
      const lap = { verb: "lap", user: "yoda", isDetailed: true } as const;
      const reply = fleet.second.serve(lap, asker, 1_600) as Reply;
      const rows = reply.kind === "list" ? reply.sessions : undefined;
      assertEquals(rows?.map((row) => row?.seconds), [0, 0], `${ahead}`);
      const [session] = fleet.second.overview.activeSessions(1_600, 1);
      assertEquals(session!.openedAt, 1_500);
    }
  },
);

Deno.test({ name: "what is served at one server is found and fetched at another", ...PURE }, () => {
  const fleet = new TwoServers();
  const hans = enter(fleet.first, "hans", "h", AHEAD);
  const yoda = enter(fleet.second, "yoda", "l", 0);
  publish(fleet.first, hans, "film.mp4", AHEAD);
  assertEquals(sourcesOf(fleet.second, yoda, "film.mp4", 0), []);
  fleet.tell(0);
  const [source] = sourcesOf(fleet.second, yoda, "film.mp4", 10);
  assertEquals([source!.ip, source!.port, source!.file!.user], ["192.0.2.1", 6_000, "hans"]);
  assertEquals(source!.pass!.label, LABEL);
});

Deno.test({ name: "a ticket ends by the clock of the server of its source", ...PURE }, () => {
  const fleet = new TwoServers();
  const hans = enter(fleet.first, "hans", "h", AHEAD);
  const yoda = enter(fleet.second, "yoda", "l", 0);
  publish(fleet.first, hans, "film.mp4", AHEAD);
  fleet.tell(0);
  const [source] = sourcesOf(fleet.second, yoda, "film.mp4", 10);
  const opened = openTicket(hans.sealed!.keys.tickets, source!.pass!.ticket)!;
  assertEquals([opened.downloader, opened.expires], ["yoda", AHEAD + 10 + 60_000]);
});

Deno.test({ name: "a session at another server is active until it is over there", ...PURE }, () => {
  const fleet = new TwoServers();
  enter(fleet.first, "hans", "h", AHEAD);
  const yoda = enter(fleet.second, "yoda", "l", 0);
  fleet.tell(0);
  yoda.lastHeard = 60_000;
  assertEquals(JSON.stringify(peersOf(fleet.second, yoda, 60_000)).includes("hans"), true);
  assertEquals(fleet.second.overview.countActive(60_000), { users: 2, sessions: 2 });
  fleet.tell(60_000); // hans was not heard at the first server for so long.
  assertEquals(JSON.stringify(peersOf(fleet.second, yoda, 60_000)).includes("hans"), false);
  assertEquals(fleet.second.overview.countActive(60_000), { users: 1, sessions: 1 });
  assertEquals(fleet.second.remoteSessions.size, 0);
});

Deno.test({ name: "nobody is heard by the keys of a session at another server", ...PURE }, () => {
  const fleet = new TwoServers();
  enter(fleet.first, "hans", "h", AHEAD);
  fleet.tell(0);
  assertEquals(fleet.second.sealedSession("h"), undefined);
  assertEquals([...fleet.second.sealedSessions(0)], []);
});

Deno.test({ name: "a session that moves is named where it is now", ...PURE }, () => {
  const fleet = new TwoServers();
  const hans = enter(fleet.first, "hans", "h", AHEAD);
  const yoda = enter(fleet.second, "yoda", "l", 0);
  publish(fleet.first, hans, "film.mp4", AHEAD);
  fleet.tell(0);
  hans.address = { hostname: "198.51.100.7", port: 9 };
  fleet.tell(1);
  assertEquals(sourcesOf(fleet.second, yoda, "film.mp4", 2).map(({ ip }) => ip), ["198.51.100.7"]);
});

Deno.test(
  { name: "who has a part at another server is told as such, until it lacks it", ...PURE },
  () => {
    const fleet = new TwoServers();
    const hans = enter(fleet.first, "hans", "h", AHEAD);
    const vader = enter(fleet.first, "vader", "v", AHEAD);
    const yoda = enter(fleet.second, "yoda", "l", 0);
    publish(fleet.first, hans, "film.mp4", AHEAD);
    fleet.first.serve({ verb: "have", user: "vader", content: FILM }, vader, AHEAD);
    fleet.tell(0);
    const partial = (now: number) => {
      return sourcesOf(fleet.second, yoda, "film.mp4", now).filter(({ isPartial }) => isPartial);
    };
    assertEquals(partial(1).map(({ file }) => file!.user), ["vader"]);
    fleet.second.remoteSessions.refresh(29_000);
    yoda.lastHeard = 40_000;
    assertEquals(partial(40_000).length, 1);
    fleet.first.serve({ verb: "lack", user: "vader", content: FILM }, vader, AHEAD + 2);
    fleet.tell(2);
    assertEquals(partial(3), []);
  },
);

Deno.test(
  { name: "of two sessions with one share that at the own server serves it", ...PURE },
  () => {
    const fleet = new TwoServers();
    const old = enter(fleet.first, "hans", "h", AHEAD);
    publish(fleet.first, old, "film.mp4", AHEAD);
    fleet.tell(0);
    enter(fleet.second, "hans", "n", 0, { hostname: "203.0.113.3", port: 7 });
    const yoda = enter(fleet.second, "yoda", "l", 0);
    const ips = sourcesOf(fleet.second, yoda, "film.mp4", 1).map(({ ip }) => ip);
    assertEquals([ips, old.share], [["203.0.113.3"], SHARE]);
  },
);

/** Registers as the test says. */
class HeldRegistry implements SessionRegistry {
  isOpen = true;
  readonly held: (PromiseWithResolvers<number | undefined> & { readonly user: string })[] = [];

  isConnected(): boolean {
    return this.isOpen;
  }

  register({ user }: Session): Promise<number | undefined> {
    const held = { ...Promise.withResolvers<number | undefined>(), user };
    this.held.push(held);
    return held.promise;
  }
}

/** An index that registers its sessions, and a login at it that waits for that. */
function waiting() {
  const registry = new HeldRegistry();
  const index = new Index(Accounts.parse(CREDENTIALS), { registry });
  const reply = index.admission.admit("hans", at("h"), 5_000, 0, sealedAs("h"));
  return { index, reply, registration: registry.held[0]!, registry };
}

Deno.test(
  { name: "a session is welcome once it is registered, and heard then", ...PURE },
  async () => {
    const { reply, registration, index } = waiting();
    registration.resolve(2_900);
    assertEquals(await reply, { kind: "welcome" });
    assertEquals(index.sealedSession("h")!.lastHeard, 2_900);
  },
);

Deno.test({ name: "a session that is one too many in the fleet is none", ...PURE }, async () => {
  const { reply, registration, index } = waiting();
  registration.resolve(undefined);
  assertEquals(await reply, { kind: "too many sessions" });
  assertEquals([...index.sealedSessions(0)], []);
});

Deno.test({
  name: "a session that cannot be registered is none, and its user is told why",
  ...PURE,
}, async () => {
  const { reply, registration, index } = waiting();
  registration.reject(new BitTrickleError("network", "etcd does not answer"));
  const reason = "the index cannot open a session: etcd does not answer";
  assertEquals(await reply, { kind: "error", code: 500, reason });
  assertEquals([...index.sealedSessions(0)], []);
});

Deno.test({ name: "nobody is welcome who was disabled meanwhile", ...PURE }, async () => {
  const { reply, registration, index } = waiting();
  index.replaceAccounts(Accounts.parse("hans disabled:pw-hans\n"));
  registration.resolve(2_900);
  const reason = "the index has ended this session again: log in again";
  assertEquals(await reply, { kind: "error", code: 500, reason });
});

Deno.test({ name: "a server that is cut off admits nobody", ...PURE }, () => {
  const { index, registry } = waiting();
  assertEquals(index.admission.isOpen(0), true);
  registry.isOpen = false;
  assertEquals(index.admission.isOpen(0), false);
  const reason = "this server is cut off from the others of its index: try another one";
  for (const start of [sealedAs("i"), undefined]) {
    const reply = index.admission.admit("yoda", at("i"), 5_000, 0, start);
    assertEquals(reply, { kind: "error", code: 500, reason });
  }
  index.endSessions();
  assertEquals([...index.sealedSessions(0)], []);
});

Deno.test({
  name: "a user whose places are taken by sessions that wait is not told that there are too many",
  ...PURE,
}, () => {
  const { index } = waiting();
  const logIn = (name: string, now: number) => {
    return index.admission.admit("hans", at(name), 5_000, now, sealedAs(name));
  };
  for (const name of "abcdefg") assert(logIn(name, 0) instanceof Promise);
  assertEquals(logIn("i", 1_000), { kind: "too many sessions" });
  const reason =
    "the index cannot open a session while others of this user wait for theirs: try another server";
  assertEquals(logIn("i", 1_001), { kind: "error", code: 500, reason });
});
