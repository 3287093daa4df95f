/**
 * What somebody who sees, repeats and alters every datagram gets out of it: nothing.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { decodeSealedDatagram } from "../../lib/protocol/sealed_datagram.ts";
import { TestSession } from "../support/test_session.ts";
import { TestIndex } from "../support/test_index.ts";
import { type Recorded, UdpProxy } from "../support/udp_proxy.ts";
import { waitFor } from "../support/wait_for.ts";
import { PORTS } from "../support/users.ts";

const FILE = "kessel-run-plans.txt";
const SEARCH = "death-star";
/** Datagrams that are sent before one waits until the index has caught up. */
const BATCH = 50;

/** A session of hans through a proxy, and an observer who is not. */
class ObservedSession implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();

  private constructor(
    readonly index: TestIndex,
    readonly proxy: UdpProxy,
    readonly hans: TestSession,
    readonly observer: TestSession,
  ) {
    this.#stack.use(index);
    this.#stack.use(proxy);
    this.#stack.use(observer);
    this.#stack.use(hans);
  }

  /** Logs in, and says and asks things that nobody else should hear. */
  static async start(): Promise<ObservedSession> {
    const index = new TestIndex();
    const proxy = new UdpProxy(index.address);
    const observer = await TestSession.join(index.address, "vader");
    const hans = await TestSession.join(proxy.address, "hans");
    await hans.ask({ verb: "pub", name: FILE });
    await hans.ask({ verb: "pub", name: "withdrawn" });
    await hans.ask({ verb: "unp", name: "withdrawn" });
    await hans.ask({ verb: "sch", text: SEARCH });
    await hans.ask({ verb: "get", name: "nowhere" });
    await hans.ask({ verb: "lap" });
    return new ObservedSession(index, proxy, hans, observer);
  }

  /** What everybody can see of the index. */
  async state(): Promise<unknown> {
    return [
      await this.observer.ask({ verb: "lap" }),
      await this.observer.ask({ verb: "lpf", of: "hans" }),
      await this.observer.ask({ verb: "lpf" }),
      await this.observer.ask({ verb: "sch", text: "." }),
    ];
  }

  /** Sends `attacks`, and lets the index and hans catch up now and then. */
  async receive(attacks: readonly Recorded[]): Promise<void> {
    for (const [i, attack] of attacks.entries()) {
      await this.proxy.inject(attack);
      if (i % BATCH === 0) await this.state();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

function includes(bytes: Uint8Array, text: string): boolean {
  return new TextDecoder("latin1").decode(bytes).includes(text);
}

function kindOf({ direction, bytes }: Recorded): string {
  return `${decodeSealedDatagram(bytes).kind} ${direction}`;
}

/** The first datagram of each kind and direction. */
function oneOfEachKind(recorded: readonly Recorded[]): Recorded[] {
  return [...new Map(recorded.toReversed().map((it) => [kindOf(it), it])).values()];
}

/** Every copy of `datagram` in which one bit is another. */
function flipped(datagram: Recorded): Recorded[] {
  return Array.from({ length: datagram.bytes.length * 8 }, (_, bit) => {
    const at = bit >> 3;
    const bytes = datagram.bytes.with(at, datagram.bytes[at]! ^ (1 << (bit & 7)));
    return { ...datagram, bytes };
  });
}

Deno.test("no datagram holds a secret; the user's name is in hello alone", async () => {
  await using observed = await ObservedSession.start();
  const { recorded } = observed.proxy;
  assert(recorded.length >= 18);
  for (const { bytes } of recorded) {
    for (const secret of ["pw-hans", FILE, "withdrawn", SEARCH, "nowhere", "vader"]) {
      assert(!includes(bytes, secret), secret);
    }
    assertEquals(includes(bytes, "hans"), includes(bytes, "BT2/hello"));
  }
});

Deno.test("every datagram sent again, to either side, changes nothing", async () => {
  await using observed = await ObservedSession.start();
  const before = await observed.state();
  const recorded = [...observed.proxy.recorded];
  for (let i = 0; i < 3; i++) await observed.receive(recorded.toReversed());
  assertEquals(await observed.state(), before);
  assertEquals(await observed.hans.ask({ verb: "lpf" }), [FILE]);
  assertEquals(observed.hans.news, []);
});

Deno.test("what one session said changes nothing in the next", async () => {
  await using observed = await ObservedSession.start();
  const recorded = [...observed.proxy.recorded];
  await observed.hans.session.close();
  await using again = await TestSession.join(observed.proxy.address, "hans");
  assertEquals(await again.ask({ verb: "unp", name: FILE }), "unpublished");
  const before = await observed.state();
  await observed.receive(recorded);
  assertEquals(await observed.state(), before);
  assertEquals(await again.ask({ verb: "lpf" }), []);
});

Deno.test("every single flipped bit of every kind of datagram changes nothing", async () => {
  await using observed = await ObservedSession.start();
  const before = await observed.state();
  const originals = oneOfEachKind(observed.proxy.recorded);
  assertEquals(originals.map(kindOf).sort(), [
    "challenge to client",
    "hello to index",
    "login to index",
    "message to client",
    "message to index",
    "retry to client",
    "welcome to client",
  ]);
  for (const original of originals) await observed.receive(flipped(original));
  assertEquals(await observed.state(), before);
  assertEquals(await observed.hans.ask({ verb: "lpf" }), [FILE]);
  assertEquals(observed.hans.news, []);
});

Deno.test("a login is not misled by flipped copies of what it is sent", async () => {
  await using index = new TestIndex();
  await using proxy = new UdpProxy(index.address);
  const hans = new TestSession(proxy.address, "hans");
  const login = hans.session.logIn("hans", "pw-hans", PORTS);
  let seen = 0;
  await waitFor("the challenge", async () => {
    for (const datagram of proxy.recorded.slice(seen)) {
      seen++;
      if (datagram.direction === "to index") continue;
      const { bytes } = datagram;
      await proxy.inject({ ...datagram, bytes: bytes.with(bytes.length - 40, 0x41) });
    }
    return proxy.recorded.some(({ bytes }) => includes(bytes, "BT2/challenge"));
  });
  await login;
  assertEquals(await hans.ask({ verb: "lap" }), []);
  await hans.session.close();
});
