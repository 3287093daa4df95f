import { assert, assertEquals, assertRejects } from "@std/assert";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { Index } from "../../lib/index/index.ts";
import { LongWork, UNFINISHED } from "../../lib/index/long_work.ts";
import type { Request } from "../../lib/protocol/messages.ts";

/** Pauses that end when the test says so. */
class Pauses {
  #ends: (() => void)[] = [];

  readonly pause = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ends.push(resolve);
    return promise;
  };

  /** Ends the pause that is on, and lets everything happen that follows. */
  async end(): Promise<void> {
    this.#ends.shift()?.();
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }

  /** How many are on. */
  get length(): number {
    return this.#ends.length;
  }
}

/** Keeps busy for longer than others shall wait. */
function takeLong(): void {
  for (const end = performance.now() + 2; performance.now() < end;);
}

Deno.test({
  name: "LongWork does nothing before others had their turn, and long pieces in turns of their own",
  permissions: "none",
}, async () => {
  const pauses = new Pauses();
  using work = new LongWork(pauses.pause);
  const defer = work.queue();
  const done: number[] = [];
  for (const i of [1, 2, 3]) {
    defer("hans", () => {
      takeLong();
      done.push(i);
    });
  }
  assertEquals(done, []);
  for (const expected of [[1], [1, 2], [1, 2, 3]]) {
    await pauses.end();
    assertEquals(done, expected);
  }
  assertEquals(pauses.length, 0, "without work there are no turns");
  defer("hans", () => done.push(4));
  await pauses.end();
  assertEquals(done, [1, 2, 3, 4], "it begins again");
});

Deno.test({
  name: "LongWork hands over what its pieces return and throw, and goes on",
  permissions: "none",
}, async () => {
  const pauses = new Pauses();
  using work = new LongWork(pauses.pause);
  const defer = work.queue();
  const failing = defer("hans", () => {
    throw new RangeError("no");
  }) as unknown as Promise<void>;
  const failure = assertRejects(() => failing, RangeError, "no");
  const fine = defer("hans", () => "fine");
  await pauses.end();
  assertEquals(await fine, "fine");
  await failure;
});

Deno.test({
  name: "LongWork takes 16 pieces of one owner until something is done, and others' as well",
  permissions: "none",
}, async () => {
  const pauses = new Pauses();
  using work = new LongWork(pauses.pause);
  const defer = work.queue();
  const done: string[] = [];
  for (let i = 0; i < 16; i++) assert(defer("greedy", () => done.push("greedy")));
  assertEquals(defer("greedy", () => done.push("greedy")), undefined);
  assert(defer("hans", () => done.push("hans")));
  while (done.length < 17) await pauses.end();
  assertEquals(done.slice(0, 3), ["greedy", "hans", "greedy"]);
  assertEquals(await Promise.all([defer("greedy", () => "room again"), pauses.end()]), [
    "room again",
    undefined,
  ]);
});

Deno.test({
  name: "LongWork lets its queues take turns, however many wait in one of them",
  permissions: "none",
}, async () => {
  const pauses = new Pauses();
  using work = new LongWork(pauses.pause);
  const [requests, logins] = [work.queue(), work.queue()];
  const done: string[] = [];
  for (let i = 0; i < 50; i++) logins(`host ${i}`, () => done.push("login"));
  for (let i = 0; i < 2; i++) requests("host 1", () => done.push("request"));
  while (done.length < 52) await pauses.end();
  assertEquals(done.slice(0, 5), ["request", "login", "request", "login", "login"]);
});

Deno.test({
  name: "LongWork lets all others have a turn after each slice of what is not finished",
  permissions: "none",
}, async () => {
  const pauses = new Pauses();
  using work = new LongWork(pauses.pause);
  const defer = work.queue();
  const done: string[] = [];
  const sliced = (owner: string, slices: number) => {
    let left = slices;
    return defer(owner, () => {
      takeLong();
      done.push(owner);
      return --left > 0 ? UNFINISHED : `${owner} has it`;
    });
  };
  const greedy = Array.from({ length: 16 }, () => sliced("greedy", 64));
  assertEquals(sliced("greedy", 1), undefined);
  const others = ["hans", "vader"].map((owner) => sliced(owner, 2));
  for (let i = 0; i < 6; i++) await pauses.end();
  assertEquals(done, ["greedy", "hans", "vader", "greedy", "hans", "vader"]);
  assertEquals(await Promise.all(others), ["hans has it", "vader has it"]);
  assertEquals(sliced("greedy", 1), undefined, "what is not finished keeps its place");
  assertEquals(greedy.length, 16);
});

Deno.test({
  name: "LongWork does nothing after its end",
  permissions: "none",
}, async () => {
  const pauses = new Pauses();
  let done = 0;
  {
    using work = new LongWork(pauses.pause);
    work.queue()("hans", () => done++);
  }
  await pauses.end();
  assertEquals([done, pauses.length], [0, 0]);
});

Deno.test({
  name: "who asks for too much hears 429, after another login too, and nobody else does",
  permissions: "none",
}, async () => {
  const pauses = new Pauses();
  using work = new LongWork(pauses.pause);
  const index = new Index(Accounts.parse("hans h\nvader v"), { defer: work.queue() });
  const ask = (request: Request, port: number) => {
    return index.handle(request, { hostname: "127.0.0.1", port }, 0);
  };
  const logIn = (user: string, port: number) => {
    ask({ verb: "login", user, password: user[0]!, tcpPort: 5_000 }, port);
  };
  logIn("hans", 1);
  logIn("vader", 2);
  const search = { verb: "sch", user: "hans", text: "a" } as const;
  const answers = Array.from({ length: 20 }, () => ask(search, 1));
  assertEquals(answers.filter((answer) => answer instanceof Promise).length, 16);
  logIn("hans", 1);
  assertEquals(ask(search, 1), answers.at(-1));
  const list = ask({ verb: "lap", user: "vader" }, 2);
  await pauses.end();
  await pauses.end();
  assertEquals(await list, { kind: "list", of: "active peers", items: ["hans"], more: 0 });
});

Deno.test({
  name: "an index with too much to do refuses lists with code 429, and answers everything else",
  permissions: "none",
}, () => {
  const index = new Index(Accounts.parse("hans h\nvader v"), { defer: () => undefined });
  const from = { hostname: "127.0.0.1", port: 40_001 };
  const ask = (request: Request) => index.handle(request, from, 0);
  assertEquals(ask({ verb: "login", user: "hans", password: "h", tcpPort: 5_000 }), {
    kind: "welcome",
  });
  const reason = "the index has too much to do, try again";
  for (const verb of ["lap", "lpf"] as const) {
    assertEquals(ask({ verb, user: "hans" }), { kind: "error", code: 429, reason });
  }
  const search = { verb: "sch", user: "hans", text: "a" } as const;
  assertEquals(ask(search), { kind: "error", code: 429, reason });
  assertEquals(ask({ verb: "pub", user: "hans", name: "a" }), { kind: "published" });
  assertEquals(ask({ verb: "get", user: "hans", name: "a" }), { kind: "no source" });
});
