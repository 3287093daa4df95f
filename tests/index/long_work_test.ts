import { assertEquals, assertRejects } from "@std/assert";
import { Accounts } from "../../lib/index/accounts.ts";
import { Index } from "../../lib/index/index.ts";
import { LongWork } from "../../lib/index/long_work.ts";
import { LONG_WORK_AT_ONCE } from "../../lib/protocol/limits.ts";
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
  const done: number[] = [];
  for (const i of [1, 2, 3]) {
    work.defer(() => {
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
  work.defer(() => done.push(4));
  await pauses.end();
  assertEquals(done, [1, 2, 3, 4], "it begins again");
});

Deno.test({
  name: "LongWork hands over what its pieces return and throw, and goes on",
  permissions: "none",
}, async () => {
  const pauses = new Pauses();
  using work = new LongWork(pauses.pause);
  const failing = work.defer(() => {
    throw new RangeError("no");
  })!;
  const failure = assertRejects(() => failing, RangeError, "no");
  const fine = work.defer(() => "fine");
  await pauses.end();
  assertEquals(await fine, "fine");
  await failure;
});

Deno.test({
  name: "LongWork takes no more than it may, until something is done",
  permissions: "none",
}, async () => {
  const pauses = new Pauses();
  using work = new LongWork(pauses.pause);
  let done = 0;
  for (let i = 0; i < LONG_WORK_AT_ONCE; i++) work.defer(() => done++);
  assertEquals(work.defer(() => done++), undefined);
  while (done < LONG_WORK_AT_ONCE) await pauses.end();
  assertEquals(await Promise.all([work.defer(() => "room again"), pauses.end()]), [
    "room again",
    undefined,
  ]);
});

Deno.test({
  name: "LongWork does nothing after its end",
  permissions: "none",
}, async () => {
  const pauses = new Pauses();
  let done = 0;
  {
    using work = new LongWork(pauses.pause);
    work.defer(() => done++);
  }
  await pauses.end();
  assertEquals([done, pauses.length], [0, 0]);
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
