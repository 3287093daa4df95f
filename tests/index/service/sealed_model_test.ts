import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Address } from "../../../lib/protocol/address.ts";
import type { ListOf, Reply } from "../../../lib/protocol/messages.ts";
import type { SealedRequest } from "../../../lib/protocol/sealed_request.ts";
import { decoded, resetOf, ServiceClient, TestService } from "../../support/test_service.ts";
import { SHARE } from "../../support/sealed_as.ts";
import { HANS, LAN, VADER } from "../../support/users.ts";

const HOME: Readonly<Record<string, Address>> = { hans: LAN, vader: HANS, yoda: VADER };
const ELSEWHERE: Address = { hostname: "192.168.1.9", port: 40_009 };

/** What the index should do, written as plainly as it can be. */
class Model {
  #sessions: { readonly member: ServiceClient; heard: number }[] = [];
  #files: string[] = [];

  isIn(member: ServiceClient, now: number): boolean {
    return this.#active(now).some((session) => session.member === member);
  }

  logIn(member: ServiceClient, now: number): Reply {
    const { user, from } = member;
    const isReplaced = ({ member }: { member: ServiceClient }) => {
      return member.user === user && member.from === from;
    };
    this.#sessions = this.#sessions.filter((session) => !isReplaced(session));
    this.#sessions.push({ member, heard: now });
    return { kind: "welcome" };
  }

  answer(request: SealedRequest, member: ServiceClient, now: number): Reply {
    const me = this.#active(now).find((session) => session.member === member)!;
    me.heard = now;
    const active = this.#active(now).map((it) => it.member.user);
    const users = active.filter((user) => user !== member.user);
    const namesOf = (user: string) => this.#files.filter((file) => file.startsWith(`${user} `));
    const bare = (files: string[]) => files.map((file) => file.slice(file.indexOf(" ") + 1));
    switch (request.verb) {
      case "lap":
        return list("active peers", users);
      case "lpf": {
        const of = request.of ?? member.user;
        const files = list("files published", bare(namesOf(of)));
        const shares = files.items.map(() => ({ share: SHARE, isServed: active.includes(of) }));
        return shares.length === 0 ? files : { ...files, shares };
      }
      case "sch": {
        const mine = bare(namesOf(member.user));
        const names = bare(users.flatMap(namesOf)).filter((name) => !mine.includes(name));
        const found = list("files found", names.filter((name) => name.includes(request.text)));
        const publishers = found.items.map((name) => this.#publishersOf(name, users));
        return publishers.length === 0 ? found : { ...found, publishers };
      }
      case "pub":
        this.#files.push(`${member.user} ${request.name}`);
        return { kind: "published" };
      case "unp": {
        const file = `${member.user} ${request.name}`;
        const kind = this.#files.includes(file) ? "unpublished" : "not published";
        this.#files = this.#files.filter((other) => other !== file);
        return { kind };
      }
      case "bye":
        this.#sessions = this.#sessions.filter((session) => session !== me);
    }
    return { kind: "done" };
  }

  /** In the order in which they published it, as far as it is theirs still. */
  #publishersOf(name: string, active: readonly string[]) {
    const all = [...new Set(this.#files.filter((file) => file.endsWith(` ${name}`)))]
      .map((file) => file.slice(0, file.indexOf(" ")));
    const served = all.filter((user) => active.includes(user));
    return { user: served[0]!, active: served.length, all: all.length };
  }

  #active(now: number) {
    return this.#sessions.filter(({ heard }) => now - heard <= 3_000);
  }
}

function list(of: ListOf, items: readonly string[]): Reply & { kind: "list" } {
  return { kind: "list", of, items: [...new Set(items)].sort(), more: 0 };
}

/** A client, and all that it has sent and got. */
interface Seat {
  readonly member: ServiceClient;
  readonly past: {
    readonly message: Uint8Array;
    readonly answer: Uint8Array;
    readonly at: number;
  }[];
}

const users = fc.constantFrom(...Object.keys(HOME));
const names = fc.constantFrom("a b", "a/b", "-", "b%");

type Ask = (user: string) => SealedRequest;

const asks: fc.Arbitrary<Ask> = fc.oneof(
  fc.constantFrom<Ask>(
    (user) => ({ verb: "heartbeat", user }),
    (user) => ({ verb: "lap", user }),
    (user) => ({ verb: "lpf", user }),
    (user) => ({ verb: "sch", user, text: "b" }),
    (user) => ({ verb: "have", user, content: { id: "ab".repeat(32), size: 5 } }),
    (user) => ({ verb: "lack", user, content: { id: "ab".repeat(32), size: 5 } }),
    (user) => ({ verb: "bye", user }),
  ),
  users.map((of): Ask => (user) => ({ verb: "lpf", user, of })),
  fc.tuple(fc.constantFrom("pub" as const, "unp" as const), names)
    .map(([verb, name]): Ask => (user) => ({ verb, user, name })),
);

const steps = fc.array(
  fc.record({
    user: users,
    what: fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom("log in", "log in elsewhere", "repeat a login") },
      { weight: 12, arbitrary: asks },
      { weight: 4, arbitrary: fc.nat(30).map((back) => ({ back })) },
    ),
    silence: fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(0, 1, 200) },
      { weight: 1, arbitrary: fc.constantFrom(2_000, 2_999, 3_000, 3_001, 20_000) },
    ),
  }),
  { minLength: 30, maxLength: 90, size: "max" },
);

Deno.test({
  name: "sealed sessions answer any interleaving as a naive model does, and nothing twice",
  permissions: "none",
}, () => {
  const seen = new Map<string, number>();
  const see = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  fc.assert(
    fc.property(steps, (steps) => {
      const service = new TestService();
      const model = new Model();
      const seats = new Map<string, Seat>();
      let now = 0;
      for (const { user, what, silence } of steps) {
        now += silence;
        const seat = seats.get(user);
        if (what === "log in" || what === "log in elsewhere") {
          const member = new ServiceClient(
            service,
            user,
            what === "log in" ? HOME[user]! : ELSEWHERE,
          );
          const message = member.readyLogin(now);
          const answer = service.send(message, member.from, now)!;
          const reply = member.takeWelcome(answer)!;
          assertEquals(reply, model.logIn(member, now));
          see(reply.kind);
          if (reply.kind === "welcome") {
            seats.set(user, { member, past: [{ message, answer, at: now }] });
          }
        } else if (!seat) {
          continue;
        } else if (typeof what === "function") {
          const { member, past } = seat;
          const request = what(user);
          const message = member.message(request);
          const answer = service.send(message, member.from, now)!;
          if (model.isIn(member, now)) {
            const reply = member.read(request.verb, answer);
            assertEquals(reply, model.answer(request, member, now));
            past.push({ message, answer, at: now });
            see(request.verb);
          } else {
            assertEquals(decoded(answer), resetOf(member.keys.session));
            see("reset");
          }
        } else {
          const { member, past } = seat;
          const back = what === "repeat a login" ? past.length - 1 : what.back % past.length;
          const { message, answer, at } = past[past.length - 1 - back]!;
          const isLogin = back === past.length - 1;
          const again = service.send(message, member.from, now);
          // Somebody else may have the address by now, and gets nothing that is longer than a question.
          const isOver = !isLogin && !model.isIn(member, now) && answer.length > message.length;
          if (isLogin ? now - at > 10_000 : back >= 16) assertEquals(again, undefined);
          else if (isOver) assertEquals(decoded(again!), resetOf(member.keys.session));
          else assert(again && answer.join() === again.join());
          see(again ? "again" : "too old");
        }
      }
    }),
    { numRuns: 60 },
  );
  assertEquals([...seen.keys()].sort(), [
    "again",
    "bye",
    "have",
    "heartbeat",
    "lack",
    "lap",
    "lpf",
    "pub",
    "reset",
    "sch",
    "too old",
    "unp",
    "welcome",
  ]);
});
