/**
 * Several sessions a user, and what they serve, against a model written as plainly as it can be.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { Index } from "../../lib/index/index.ts";
import type { Address } from "../../lib/protocol/address.ts";
import { ShareSums } from "../../lib/protocol/digest.ts";
import type { FileDetails, Reply, ServedShare } from "../../lib/protocol/messages.ts";
import type { SealedRequest } from "../../lib/protocol/sealed_request.ts";
import { PLAIN_SHARE } from "../../lib/protocol/share.ts";
import { atOnce } from "../support/at_once.ts";
import { sealedAs } from "../support/sealed_as.ts";

const [SHARE_A, SHARE_B] = ["a".repeat(16), "b".repeat(16)] as const;
const USERS = ["hans", "vader"] as const;
const NAMES = ["a", "b", "c"] as const;

/** Where a user may be logged in: each is a program at an address of its own. */
interface Seat {
  readonly user: string;
  readonly name: string;
  /** Nothing of one that only asks. */
  readonly share: string | undefined;
  readonly isPlain: boolean;
  readonly address: Address;
}

const SEATS: readonly Seat[] = USERS.flatMap((user, u) => {
  const shares = [SHARE_A, SHARE_A, SHARE_B, undefined, PLAIN_SHARE];
  return shares.map((share, i) => ({
    user,
    name: `${user} ${i}`,
    share,
    isPlain: share === PLAIN_SHARE,
    address: { hostname: "127.0.0.1", port: 40_000 + 10 * u + i },
  }));
});

interface In {
  readonly seat: Seat;
  heard: number;
}

interface File {
  readonly user: string;
  readonly share: string;
  readonly name: string;
  readonly details: FileDetails | undefined;
}

/** What the index should do. */
class Model {
  /** In the order in which they logged in. */
  #all: In[] = [];
  files: File[] = [];

  active(now: number): Seat[] {
    return this.#all.filter(({ heard }) => now - heard <= 3_000).map(({ seat }) => seat);
  }

  logIn(seat: Seat, now: number): void {
    this.leave(seat);
    this.#all.push({ seat, heard: now });
  }

  leave(seat: Seat): void {
    this.#all = this.#all.filter((it) => it.seat !== seat);
  }

  hear(seat: Seat, now: number): void {
    this.#all.find((it) => it.seat === seat)!.heard = now;
  }

  serving(user: string, share: string, now: number): Seat | undefined {
    return this.active(now).find((seat) => seat.user === user && seat.share === share);
  }

  publish(seat: Seat, name: string, details: FileDetails | undefined, now: number): void {
    if (this.#adopts(seat, now)) this.#remove(seat.user, name, PLAIN_SHARE);
    this.#remove(seat.user, name, seat.share!);
    this.files.push({ user: seat.user, share: seat.share!, name, details });
  }

  withdraw(seat: Seat, name: string, now: number): boolean {
    if (this.#remove(seat.user, name, seat.share!)) return true;
    return this.#adopts(seat, now) && this.#remove(seat.user, name, PLAIN_SHARE);
  }

  withdrawEverywhere(user: string, name: string): boolean {
    const before = this.files.length;
    this.files = this.files.filter((file) => file.user !== user || file.name !== name);
    return this.files.length < before;
  }

  of(user: string): File[] {
    const order = ({ name, share }: File) => `${name} ${share}`;
    return this.files.filter((file) => file.user === user)
      .sort((a, b) => order(a) < order(b) ? -1 : 1);
  }

  #adopts(seat: Seat, now: number): boolean {
    return !seat.isPlain && this.serving(seat.user, PLAIN_SHARE, now) === undefined;
  }

  #remove(user: string, name: string, share: string): boolean {
    const before = this.files.length;
    this.files = this.files.filter((file) => {
      return file.user !== user || file.name !== name || file.share !== share;
    });
    return this.files.length < before;
  }
}

/** An index, the model, and how often what was compared. */
class Talk {
  readonly index = new Index(Accounts.parse("hans h\nvader v"));
  readonly model = new Model();
  now = 0;

  logIn(seat: Seat): void {
    const { user, name, address, share } = seat;
    const reply = seat.isPlain
      ? this.index.handle(
        { verb: "login", user, password: user[0]!, tcpPort: address.port },
        address,
        this.now,
      )
      : this.index.admission.admit(user, address, address.port, this.now, {
        ...sealedAs(name, share),
        share,
      });
    assertEquals(reply, { kind: "welcome" });
    this.model.logIn(seat, this.now);
  }

  ask(seat: Seat, request: SealedRequest): Reply {
    this.model.hear(seat, this.now);
    const reply = seat.isPlain
      ? this.index.handle(request, seat.address, this.now)
      : this.index.serve(request, this.index.sealedSession(seat.name)!, this.now);
    return atOnce(reply)!;
  }
}

type Step = (talk: Talk, seat: Seat) => string;

function list(reply: Reply): Reply & { kind: "list" } {
  assert(reply.kind === "list", JSON.stringify(reply));
  return reply;
}

function rows(files: readonly File[], model: Model, now: number) {
  return files.map(({ user, share, name, details }): [string, unknown, ServedShare] => {
    const isServed = model.serving(user, share, now) !== undefined;
    return [name, details, { share, isServed }];
  });
}

/** What a list of publications tells of each. */
function told(reply: Reply): [string, unknown, unknown][] {
  const { items, details, shares, more } = list(reply);
  assertEquals(more, 0);
  return items.map((name, i) => [name, details?.[i], shares?.[i]]);
}

const bye: Step = (talk, seat) => {
  assertEquals(talk.ask(seat, { verb: "bye", user: seat.user }), { kind: "done" });
  talk.model.leave(seat);
  return "bye";
};

const pub = (name: string, size: number | undefined): Step => (talk, seat) => {
  const { user, share } = seat;
  const details = size === undefined ? {} : { details: { size } };
  const reply = talk.ask(seat, { verb: "pub", user, name, ...details });
  if (share === undefined) return assertForbidden(reply);
  assertEquals(reply, { kind: "published" });
  talk.model.publish(seat, name, details.details, talk.now);
  return "pub";
};

const pubAll = (names: readonly string[], size: number): Step => (talk, seat) => {
  const { user, share } = seat;
  if (seat.isPlain) return "nothing";
  const [first, ...others] = names.map((name) => ({ name, details: { size } }));
  const reply = talk.ask(seat, { verb: "pub", user, ...first!, others });
  if (share === undefined) return assertForbidden(reply);
  assertEquals(reply, { kind: "published" });
  for (const name of names) talk.model.publish(seat, name, { size }, talk.now);
  return "pub of several";
};

const unp = (name: string): Step => (talk, seat) => {
  const { user, share } = seat;
  const reply = talk.ask(seat, { verb: "unp", user, name });
  if (share === undefined) return assertForbidden(reply);
  const isThere = talk.model.withdraw(seat, name, talk.now);
  assertEquals(reply, { kind: isThere ? "unpublished" : "not published" });
  return isThere ? "unp" : "unp of nothing";
};

const everywhere = (name: string): Step => (talk, seat) => {
  if (seat.isPlain) return "nothing";
  const reply = talk.ask(seat, { verb: "unp", user: seat.user, name, isEverywhere: true });
  const isThere = talk.model.withdrawEverywhere(seat.user, name);
  assertEquals(reply, { kind: isThere ? "unpublished" : "not published" });
  return "unp everywhere";
};

const lpf = (of: string): Step => (talk, seat) => {
  const reply = talk.ask(seat, { verb: "lpf", user: seat.user, of });
  const { model, now } = talk;
  const files = model.of(of);
  if (!seat.isPlain) assertEquals(told(reply), rows(files, model, now));
  else {
    const own = files.filter(({ share }) => share === PLAIN_SHARE).map(({ name }) => name);
    assertEquals(list(reply).items, own);
  }
  return "lpf";
};

const own: Step = (talk, seat) => {
  if (seat.isPlain) return "nothing";
  const reply = talk.ask(seat, { verb: "lpf", user: seat.user, within: "share" });
  if (seat.share === undefined) return assertForbidden(reply);
  const files = talk.model.of(seat.user).filter(({ share }) => share === seat.share);
  assertEquals(told(reply), rows(files, talk.model, talk.now));
  return "lpf of a share";
};

/** Finds by the digest, and the buckets if need be, what the share holds. */
const compared = (isRight: boolean): Step => (talk, seat) => {
  const { user, share } = seat;
  if (seat.isPlain) return "nothing";
  const files = talk.model.of(user).filter((file) => file.share === share);
  const sums = new ShareSums();
  for (const { name, details } of files) sums.change(name, details, 1);
  if (!isRight) sums.change("x", undefined, 1);
  const reply = talk.ask(seat, { verb: "share", user, digest: sums.digest() });
  if (share === undefined) return assertForbidden(reply);
  if (isRight) assertEquals(reply, { kind: "same" });
  else {
    const { items, digests } = list(reply);
    const found = items.flatMap((bucket) => {
      return told(talk.ask(seat, { verb: "lpf", user, within: bucket })).map(([name]) => name);
    });
    assertEquals(found.sort(), files.map(({ name }) => name));
    assertEquals(digests?.length ?? 0, items.length);
  }
  return isRight ? "same share" : "another share";
};

const sch: Step = (talk, seat) => {
  const { model, now } = talk;
  const reply = talk.ask(seat, { verb: "sch", user: seat.user, text: "a" });
  const mine = new Set(model.of(seat.user).map(({ name }) => name));
  const served = model.files.filter(({ user, share, name }) => {
    return name.includes("a") && !mine.has(name) && model.serving(user, share, now);
  });
  assertEquals(list(reply).items, [...new Set(served.map(({ name }) => name))].sort());
  return "sch";
};

const get = (name: string): Step => (talk, seat) => {
  const { model, now } = talk;
  const reply = talk.ask(seat, { verb: "get", user: seat.user, name });
  const servers = model.files.filter((file) => file.name === name)
    .map(({ user, share }) => model.serving(user, share, now))
    .filter((it): it is Seat => it !== undefined && it !== seat)
    .filter(({ user, share }) => user !== seat.user || !seat.isPlain && share !== seat.share);
  const ports = new Set(servers.map(({ address }) => address.port));
  if (ports.size === 0) {
    assertEquals(reply, { kind: "no source" });
    return "no source";
  }
  assert(reply.kind === "sources", JSON.stringify([reply, ports.size]));
  const named = new Set(reply.sources.map(({ port }) => port));
  assertEquals([...named].filter((port) => !ports.has(port)), []);
  assertEquals(named.size, seat.isPlain ? 1 : Math.min(4, ports.size));
  assertEquals(named.size + reply.more, ports.size);
  return servers.some(({ user }) => user === seat.user) ? "get from oneself" : "get";
};

const lap: Step = (talk, seat) => {
  const reply = talk.ask(seat, { verb: "lap", user: seat.user });
  const users = talk.model.active(talk.now).map(({ user }) => user);
  assertEquals(list(reply).items, [...new Set(users)].sort().filter((it) => it !== seat.user));
  return "lap";
};

const sessions: Step = (talk, seat) => {
  if (seat.isPlain) return "nothing";
  const { model, now } = talk;
  const { items, sessions } = list(
    talk.ask(seat, { verb: "lap", user: seat.user, isDetailed: true }),
  );
  const right = USERS.flatMap((user) => model.active(now).filter((it) => it.user === user));
  assertEquals(items, right.map(({ user }) => user));
  for (const [i, { user, share, address }] of right.entries()) {
    const { port, isStandby, ...rest } = sessions![i]!;
    assertEquals([rest.share, port], [share, address.port]);
    const serving = share === undefined ? right[i] : model.serving(user, share, now);
    assertEquals(isStandby, serving !== right[i]);
  }
  return "lap of sessions";
};

function assertForbidden(reply: Reply): string {
  assert(reply.kind === "error" && reply.code === 403, JSON.stringify(reply));
  return "403";
}

const names = fc.constantFrom(...NAMES);
const steps = fc.array(
  fc.record({
    seat: fc.constantFrom(...SEATS),
    step: fc.oneof(
      {
        weight: 6,
        arbitrary: fc.tuple(names, fc.option(fc.nat(2), { nil: undefined })).map(([n, s]) =>
          pub(n, s)
        ),
      },
      {
        weight: 2,
        arbitrary: fc.tuple(fc.uniqueArray(names, { minLength: 2 }), fc.nat(2))
          .map(([names, size]) => pubAll(names, size)),
      },
      { weight: 2, arbitrary: names.map(unp) },
      { weight: 1, arbitrary: names.map(everywhere) },
      { weight: 5, arbitrary: names.map(get) },
      { weight: 2, arbitrary: fc.constantFrom(...USERS).map(lpf) },
      { weight: 2, arbitrary: fc.boolean().map(compared) },
      { weight: 6, arbitrary: fc.constantFrom(own, sch, lap, sessions, bye) },
    ),
    silence: fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom(0, 1, 100) },
      { weight: 1, arbitrary: fc.constantFrom(1_500, 3_000, 3_001) },
    ),
  }),
  { minLength: 30, maxLength: 120, size: "max" },
);

Deno.test({
  name: "sessions and shares of a user do what a naive model does, whoever comes and goes",
  permissions: "none",
}, () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(steps, (steps) => {
      const talk = new Talk();
      for (const { seat, step, silence } of steps) {
        talk.now += silence;
        if (!talk.model.active(talk.now).includes(seat)) talk.logIn(seat);
        seen.add(step(talk, seat));
      }
    }),
    { numRuns: 300 },
  );
  assertEquals([...seen].sort(), [
    "403",
    "another share",
    "bye",
    "get",
    "get from oneself",
    "lap",
    "lap of sessions",
    "lpf",
    "lpf of a share",
    "no source",
    "nothing",
    "pub",
    "pub of several",
    "same share",
    "sch",
    "unp",
    "unp everywhere",
    "unp of nothing",
  ]);
});
