import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { Index } from "../../lib/index/index.ts";
import { type Address, formatAddress } from "../../lib/protocol/address.ts";
import type { ErrorCode, ListOf, Reply, Request } from "../../lib/protocol/messages.ts";
import { atOnce } from "../support/at_once.ts";

type Answer = Reply | undefined;

interface Session {
  readonly user: string;
  readonly from: Address;
  readonly tcpPort: number;
  heard: number;
  named: number;
}

const PASSWORD = "carbonite*7";

/** What the index should do, written as plainly as it can be. */
class Model {
  #sessions: Session[] = [];
  #files: { user: string; name: string }[] = [];
  readonly #failures: Record<string, { count: number; until: number }> = {};
  #named = 0;

  /** Every answer that would be right; only `get` leaves a choice. */
  answers(request: Request, from: Address, now: number): Answer[] {
    this.#sessions = this.#sessions.filter((session) => now - session.heard <= 3_000);
    if (request.verb === "login") return [this.#logIn(request, from, now)];
    const me = this.#sessions.find((s) => s.user === request.user && isSame(s.from, from));
    if (!me) return [request.verb === "heartbeat" ? undefined : error(401, "not logged in")];
    me.heard = now;
    const others = this.#sessions.filter((session) => session !== me);
    const isMine = (name: string) => this.#files.some((f) => f.user === me.user && f.name === name);
    const theirs = this.#files.filter((file) => others.some(({ user }) => user === file.user));
    switch (request.verb) {
      case "heartbeat":
        return [undefined];
      case "lap":
        return [list("active peers", others.map(({ user }) => user))];
      case "bye":
        this.#sessions = others;
        return [{ kind: "done" }];
      case "move":
        return [{ kind: "done" }];
      case "ca":
      case "cert":
        return []; // Only the sealed protocol has these.
      case "have":
      case "lack":
      case "progress":
        return [{ kind: "done" }]; // In protocol 1 that names nobody.
      case "passwd":
        return [error(403, "passwords are not changed here")];
      case "lpf": {
        const files = this.#files.filter((file) => file.user === (request.of ?? me.user));
        return [list("files published", files.map(({ name }) => name))];
      }
      case "share":
        throw new Error("Protocol 1 knows no shares");
      case "sch": {
        const names = theirs.map(({ name }) => name).filter((name) => !isMine(name));
        const words = request.text.split(" ");
        return [
          list("files found", names.filter((name) => words.every((word) => name.includes(word)))),
        ];
      }
      case "pub":
        if (!isMine(request.name)) this.#files.push({ user: me.user, name: request.name });
        return [{ kind: "published" }];
      case "unp": {
        const kind = isMine(request.name) ? "unpublished" : "not published";
        this.#files = this.#files.filter((f) => f.user !== me.user || f.name !== request.name);
        return [{ kind }];
      }
      case "get": {
        const publishers = theirs.filter(({ name }) => name === request.name);
        const sources = others.filter(({ user, from: { hostname } }) => {
          const isNear = from.hostname === "127.0.0.1" || hostname !== "127.0.0.1";
          return isNear && publishers.some((file) => file.user === user);
        });
        if (sources.length === 0) return [{ kind: "no source" }];
        const orders = [sources, sources.toReversed()].filter(([a, b]) =>
          !b || a!.named <= b.named
        );
        return orders.map(([first]) => {
          const { user, from: { hostname }, tcpPort } = first!;
          const source = { ip: hostname, port: tcpPort, file: { user, name: request.name } };
          return { kind: "sources", sources: [source], more: sources.length - 1 };
        });
      }
    }
  }

  /** Hears which of the right answers the index gave. */
  given(answer: Answer): void {
    if (answer?.kind !== "sources") return;
    const first = this.#sessions.find(({ user }) => user === answer.sources[0]!.file!.user);
    first!.named = ++this.#named;
  }

  #logIn(request: Request & { verb: "login" }, from: Address, now: number): Reply {
    const { user, password, tcpPort } = request;
    const failures = this.#failures[`${user} ${from.hostname}`] ??= { count: 0, until: 0 };
    if (failures.until > now) {
      const seconds = Math.ceil((failures.until - now) / 1_000);
      return error(429, `too many attempts, try again in ${seconds} s`);
    }
    if (password !== PASSWORD) {
      failures.count++;
      if (failures.count >= 5) {
        failures.until = now + Math.min(60, 2 ** (failures.count - 4)) * 1_000;
      }
      return { kind: "login failed" };
    }
    failures.count = 0;
    const isElsewhere = this.#sessions.some((s) => s.user === user && !isSame(s.from, from));
    if (isElsewhere) return { kind: "already active" };
    this.#sessions = this.#sessions.filter((session) => !isSame(session.from, from));
    this.#sessions.push({ user, from, tcpPort, heard: now, named: 0 });
    return { kind: "welcome" };
  }
}

function isSame(a: Address, b: Address): boolean {
  return formatAddress(a) === formatAddress(b);
}

function list(of: ListOf, items: readonly string[]): Reply {
  return { kind: "list", of, items: [...new Set(items)].sort(), more: 0 };
}

function error(code: ErrorCode, reason: string): Reply {
  return { kind: "error", code, reason };
}

const NAMES = ["a.txt", "ab"] as const;
const HOME: Readonly<Record<string, Address>> = {
  hans: { hostname: "127.0.0.1", port: 40_001 },
  vader: { hostname: "192.168.1.7", port: 40_001 },
  yoda: { hostname: "192.168.1.7", port: 40_002 },
};
const OTHER_ADDRESSES = [{ hostname: "127.0.0.1", port: 40_003 }, ...Object.values(HOME)];

const users = fc.constantFrom(...Object.keys(HOME));
const names = fc.constantFrom(...NAMES);

const requests: fc.Arbitrary<Request> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      verb: fc.constant("login" as const),
      user: users,
      password: fc.constantFrom(PASSWORD, PASSWORD, "wrong"),
      tcpPort: fc.integer({ min: 5_000, max: 5_005 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ verb: fc.constantFrom("heartbeat", "lap", "lpf"), user: users }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ verb: fc.constantFrom("pub", "unp", "get"), user: users, name: names }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      verb: fc.constant("sch" as const),
      user: users,
      text: fc.constantFrom("a", "b", "txt", "A", "t a", "b a"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ verb: fc.constant("lpf" as const), user: users, of: users }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ verb: fc.constant("bye" as const), user: users }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      verb: fc.constantFrom("have" as const, "lack" as const),
      user: users,
      content: fc.constant({ id: "ab".repeat(32), size: 5_000_000 }),
    }),
  },
);

const steps = fc.array(
  fc.record({
    request: requests,
    /** Where it comes from, if not from its user's usual address. */
    stray: fc.oneof(
      { weight: 8, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom(...OTHER_ADDRESSES) },
    ),
    silence: fc.oneof(
      { weight: 40, arbitrary: fc.constantFrom(0, 1, 100) },
      { weight: 1, arbitrary: fc.constantFrom(2_000, 2_999, 3_000, 3_001, 10_000, 60_000) },
    ),
  }),
  { minLength: 20, maxLength: 120, size: "max" },
);

Deno.test({
  name: "Index answers any interleaving of requests and silences as a naive model does",
  permissions: "none",
}, () => {
  const credentials = Object.keys(HOME).map((user) => `${user} ${PASSWORD}`).join("\n");
  const seen = new Set<string>();
  fc.assert(
    fc.property(steps, (steps) => {
      const index = new Index(Accounts.parse(credentials));
      const model = new Model();
      let now = 0;
      for (const { request, stray, silence } of steps) {
        now += silence;
        const from = stray ?? HOME[request.user]!;
        const answer = atOnce(index.handle(request, from, now));
        const right = model.answers(request, from, now);
        if (right.length === 1) assertEquals(answer, right[0]);
        else assert(right.some((r) => JSON.stringify(r) === JSON.stringify(answer)));
        model.given(answer);
        seen.add(answer?.kind === "list" ? answer.of : answer?.kind ?? "silence");
      }
    }),
    { numRuns: 1_000 },
  );
  assertEquals([...seen].sort(), [
    "active peers",
    "already active",
    "done",
    "error",
    "files found",
    "files published",
    "login failed",
    "no source",
    "not published",
    "published",
    "silence",
    "sources",
    "unpublished",
    "welcome",
  ]);
});
