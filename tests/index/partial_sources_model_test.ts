/**
 * Swarms of a few users, in any order of events: a naive model says who is named to whom.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Index } from "../../lib/index/index.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import type { Session } from "../../lib/index/sessions/sessions.ts";
import type { Address } from "../../lib/protocol/address.ts";
import { type ContentKey, formatContent } from "../../lib/protocol/content.ts";
import type { Reply } from "../../lib/protocol/messages.ts";
import type { SealedRequest } from "../../lib/protocol/sealed_request.ts";
import { atOnce } from "../support/at_once.ts";
import { sealedAs } from "../support/sealed_as.ts";

const USERS = ["hans", "vader", "yoda", "chewy", "leia", "luke", "obi-wan"];
const [FILM, SONG]: [ContentKey, ContentKey] = [
  { id: "ab".repeat(32), size: 5_000_000 },
  { id: "ab".repeat(32), size: 5_000_001 },
];
const NAMES = ["film", "other film"];
/** As many as one session may have in part, and none that anybody asks for. */
const FILLERS = Array.from({ length: 16 }, (_, i): ContentKey => ({ id: "0".repeat(64), size: i }));
const LAN: Address = { hostname: "192.168.1.7", port: 40_000 };
const LOOPBACK: Address = { hostname: "127.0.0.1", port: 40_000 };

interface Claim {
  readonly user: string;
  readonly content: string;
  readonly at: number;
}

/** Who is told of a content, and whether as one who has all of it. */
interface Told {
  readonly user: string;
  readonly content: string;
  readonly isPartial: boolean;
}

/** What the index should know, written as plainly as it can be. */
class Model {
  readonly #heard = new Map<string, number>();
  readonly #places = new Map<string, Address>();
  readonly #named = new Map<string, number>();
  #files: { user: string; name: string; content: string }[] = [];
  /** Of one session, the one told longest ago first. */
  #claims: Claim[] = [];
  #turn = 0;

  isActive(user: string, now: number): boolean {
    return now - (this.#heard.get(user) ?? -Infinity) <= 3_000;
  }

  logIn(user: string, from: Address, now: number): void {
    this.#claims = this.#claims.filter((claim) => claim.user !== user);
    this.#named.set(user, 0);
    this.#heard.set(user, now);
    this.#places.set(user, from);
  }

  move(user: string, to: Address): void {
    this.#places.set(user, to);
  }

  take(request: SealedRequest, now: number): void {
    const { user } = request;
    this.#heard.set(user, request.verb === "bye" ? -Infinity : now);
    if (request.verb === "pub") {
      this.#withdraw(user, request.name);
      const content = formatContent(request.details as ContentKey);
      this.#files.push({ user, name: request.name, content });
    }
    if (request.verb === "unp") this.#withdraw(user, request.name);
    if (request.verb !== "have" && request.verb !== "lack") return;
    const content = formatContent(request.content);
    this.#claims = this.#claims.filter((it) => it.user !== user || it.content !== content);
    if (request.verb === "have") this.#claims.push({ user, content, at: now });
    const own = this.#claims.filter((it) => it.user === user);
    this.#claims = this.#claims.filter((it) =>
      it.user !== user || own.indexOf(it) >= own.length - 16
    );
  }

  /** All who may be named to `asker`, who wants a name or a content. */
  sourcesFor(asker: string, wanted: string, now: number): Told[] {
    const named = this.#files.filter(({ name }) => name === wanted);
    const contents = named.length > 0 ? named.map(({ content }) => content) : [wanted];
    const isThere = ({ user }: { readonly user: string }) =>
      user !== asker && this.isActive(user, now) && this.#canReach(asker, user);
    const whole = this.#files.filter((file) => contents.includes(file.content) && isThere(file));
    const partial = this.#claims.filter((claim) => {
      const isWhole = whole.some((it) => it.user === claim.user && it.content === claim.content);
      const isOld = now - claim.at > 30_000;
      return !isOld && !isWhole && contents.includes(claim.content) && isThere(claim);
    });
    const all = [
      ...whole.map(({ user, content }) => ({ user, content, isPartial: false })),
      ...partial.map(({ user, content }) => ({ user, content, isPartial: true })),
    ];
    return [...new Map(all.map((it) => [`${it.user} ${it.content}`, it])).values()];
  }

  /** When somebody was named last: a number that grows. */
  lastNamed({ user }: Told): number {
    return this.#named.get(user)!;
  }

  given(told: readonly Told[]): void {
    for (const { user } of told.toReversed()) this.#named.set(user, ++this.#turn);
  }

  #withdraw(user: string, name: string): void {
    this.#files = this.#files.filter((file) => file.user !== user || file.name !== name);
  }

  #canReach(asker: string, user: string): boolean {
    return this.#places.get(asker) === LOOPBACK || this.#places.get(user) !== LOOPBACK;
  }
}

/** The index, and what it should do. */
class Trial {
  readonly #index = new Index(Accounts.parse(USERS.map((user) => `${user} pw`).join("\n")));
  readonly #model = new Model();
  readonly #sessions = new Map<string, Session>();
  readonly #seen: Set<string>;
  #logins = 0;
  #now = 0;

  constructor(seen: Set<string>) {
    this.#seen = seen;
    USERS.forEach((user, i) => this.logIn(user, i === 0 ? LOOPBACK : LAN));
  }

  logIn(user: string, from: Address): void {
    if (this.#model.isActive(user, this.#now)) this.ask({ verb: "bye", user });
    const name = String(this.#logins++);
    this.#index.admission.admit(user, from, 5_000, this.#now, sealedAs(name));
    const session = this.#index.sealedSession(name)!;
    session.tlsLabel = "0".repeat(32);
    this.#sessions.set(user, session);
    this.#model.logIn(user, from, this.#now);
  }

  move(user: string, to: Address): void {
    this.#sessions.get(user)!.address = to;
    this.#model.move(user, to);
  }

  /** Time passes in which all who are there, but for `silent`, say so. */
  wait(ms: number, silent: string | undefined): void {
    for (let left = ms; left > 0; left -= 2_000) {
      this.#now += Math.min(2_000, left);
      for (const user of USERS) if (user !== silent) this.ask({ verb: "heartbeat", user });
    }
  }

  ask(request: SealedRequest): void {
    const { user } = request;
    if (!this.#model.isActive(user, this.#now)) return;
    const reply = atOnce(this.#index.serve(request, this.#sessions.get(user)!, this.#now));
    this.#model.take(request, this.#now);
    if (request.verb === "get") this.#check(request.name, user, reply!);
    if (request.verb === "have" || request.verb === "lack") assertEquals(reply, { kind: "done" });
  }

  #check(wanted: string, asker: string, reply: Reply): void {
    const right = this.#model.sourcesFor(asker, wanted, this.#now);
    const told = toldIn(reply, wanted);
    assertEquals(told.length, Math.min(4, right.length));
    assertEquals(reply.kind === "sources" ? reply.more : 0, right.length - told.length);
    for (const one of told) assert(right.some((it) => isSame(it, one)), JSON.stringify(one));
    assertEquals(new Set(told.map(({ user, content }) => user + content)).size, told.length);
    this.#checkFirsts(told, right);
    if (new Set(right.map(({ content }) => content)).size === 1) this.#checkOrder(told, right);
    this.#model.given(told);
    const kinds = told.map(({ isPartial }) => isPartial ? "part" : "whole").join(" ");
    this.#seen.add(kinds || "nobody");
  }

  /** Each content is told once before any is told twice, by who has all of it if somebody has. */
  #checkFirsts(told: readonly Told[], right: readonly Told[]): void {
    const contents = new Set(right.map(({ content }) => content));
    const firsts = told.slice(0, contents.size);
    assertEquals(new Set(firsts.map(({ content }) => content)), contents);
    for (const { content, isPartial } of firsts) {
      assert(!isPartial || right.every((it) => it.content !== content || it.isPartial));
    }
  }

  /** Of one content, a whole one is first, then they take turns; who was named longest ago is next. */
  #checkOrder(told: readonly Told[], right: readonly Told[]): void {
    const [part, whole] = [true, false].map((kind) => {
      return right.filter(({ isPartial }) => isPartial === kind)
        .sort((a, b) => this.#model.lastNamed(a) - this.#model.lastNamed(b));
    }) as [Told[], Told[]];
    const expected: Told[] = whole.splice(0, 1);
    while (part.length + whole.length > 0) {
      expected.push(...part.splice(0, 1), ...whole.splice(0, 1));
    }
    const kindOf = (it: Told) => [it.isPartial, this.#model.lastNamed(it)];
    assertEquals(told.map(kindOf), expected.slice(0, told.length).map(kindOf));
  }
}

function toldIn(reply: Reply, wanted: string): Told[] {
  if (reply.kind === "no source") return [];
  assert(reply.kind === "sources");
  return reply.sources.map(({ file, pass, isPartial = false }) => {
    assert(pass, "there is a ticket");
    if (isPartial) assertEquals(file!.name, wanted);
    return { user: file!.user, content: formatContent(file!.details as ContentKey), isPartial };
  });
}

function isSame(a: Told, b: Told): boolean {
  return a.user === b.user && a.content === b.content && a.isPartial === b.isPartial;
}

type Step = (trial: Trial) => void;

const users = fc.constantFrom(...USERS);
const contents = fc.constantFrom(FILM, FILM, FILM, SONG);
const names = fc.constantFrom(...NAMES);
const places = fc.constantFrom(LAN, LAN, LOOPBACK);
const waits = fc.constantFrom(1, 100, 5_000, 20_000, 29_999, 30_000, 30_001);

function step(weight: number, arbitrary: fc.Arbitrary<Step>) {
  return { weight, arbitrary };
}

const steps = fc.array(
  fc.oneof(
    step(
      8,
      fc.tuple(users, contents).map(([user, content]) => (trial) => {
        trial.ask({ verb: "have", user, content });
      }),
    ),
    step(
      2,
      fc.tuple(users, contents).map(([user, content]) => (trial) => {
        trial.ask({ verb: "lack", user, content });
      }),
    ),
    step(
      1,
      users.map((user) => (trial) => {
        for (const content of FILLERS) trial.ask({ verb: "have", user, content });
      }),
    ),
    step(
      4,
      fc.tuple(users, names, contents).map(([user, name, details]) => (trial) => {
        trial.ask({ verb: "pub", user, name, details });
      }),
    ),
    step(
      1,
      fc.tuple(users, names).map(([user, name]) => (trial) => {
        trial.ask({ verb: "unp", user, name });
      }),
    ),
    step(
      8,
      fc.tuple(users, fc.oneof(names, contents.map(formatContent))).map(([user, name]) => {
        return (trial) => trial.ask({ verb: "get", user, name });
      }),
    ),
    step(1, users.map((user) => (trial) => trial.ask({ verb: "bye", user }))),
    step(1, fc.tuple(users, places).map(([user, at]) => (trial) => trial.logIn(user, at))),
    step(1, fc.tuple(users, places).map(([user, to]) => (trial) => trial.move(user, to))),
    step(
      1,
      fc.tuple(waits, fc.option(users, { nil: undefined })).map(([ms, silent]) => {
        return (trial) => trial.wait(ms, silent);
      }),
    ),
  ),
  { minLength: 20, maxLength: 120, size: "max" },
);

Deno.test({
  name: "get names who has a content, all of it or a part, as a naive model does",
  permissions: "none",
}, () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(steps, (steps) => {
      const trial = new Trial(seen);
      for (const step of steps) step(trial);
    }),
    { numRuns: 1_000 },
  );
  for (const kinds of ["nobody", "part", "part part", "whole part", "whole part whole part"]) {
    assert(seen.has(kinds), kinds);
  }
});
