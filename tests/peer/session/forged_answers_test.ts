import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { DatagramSocket } from "../../../lib/net/datagrams.ts";
import type { Address } from "../../../lib/protocol/address.ts";
import {
  encodeSealedDatagram,
  type SealedDatagram,
} from "../../../lib/protocol/sealed_datagram.ts";
import { TestSession } from "../../support/test_session.ts";
import { TestIndex } from "../../support/test_index.ts";
import { UdpProxy } from "../../support/udp_proxy.ts";
import { waitFor } from "../../support/wait_for.ts";

const BASE64 = "A".repeat(427);

/** Answers to a hello that anybody can write. */
const FORGED: readonly SealedDatagram[] = [
  { kind: "busy", seconds: 60 },
  { kind: "retry", token: "AAAA" },
  { kind: "challenge", cookie: "AAAA", ke2: `${BASE64}A`, stretching: "light" },
];

function isHello({ bytes }: { bytes: Uint8Array }): boolean {
  return new TextDecoder().decode(bytes).startsWith("BT2/hello");
}

/** A network in which an attacker answers every hello before the index does. */
class Network implements AsyncDisposable {
  readonly index = new TestIndex();
  readonly proxy = new UdpProxy(this.index.address);
  readonly #attacker = DatagramSocket.bind({ hostname: "127.0.0.1", port: 0 });
  readonly #answered = new Set<unknown>();

  get hellos(): number {
    return this.proxy.recorded.filter(isHello).length;
  }

  /** Sends `forged` to who has said hello, `times` for each, until `isOver`. */
  async forge(forged: readonly SealedDatagram[], times: number, isOver: () => boolean) {
    await waitFor("the end", async () => {
      for (const hello of this.proxy.recorded.filter(isHello)) {
        if (this.#answered.has(hello)) continue;
        this.#answered.add(hello);
        for (let i = 0; i < times; i++) await this.#send(forged, i, hello.client);
      }
      return isOver();
    });
  }

  async #send(forged: readonly SealedDatagram[], i: number, to: Address): Promise<void> {
    for (const datagram of forged) {
      const isRetry = datagram.kind === "retry";
      const token = `AAA${String.fromCharCode(65 + i % 26)}`;
      await this.#attacker.send(
        encodeSealedDatagram(isRetry ? { ...datagram, token } : datagram),
        to,
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#attacker.close();
    await this.proxy[Symbol.asyncDispose]();
    await this.index[Symbol.asyncDispose]();
  }
}

Deno.test("what an attacker answers to a hello ends no login", async () => {
  await using network = new Network();
  network.proxy.conditions = { ...network.proxy.conditions, delayMs: 100 };
  await using hans = new TestSession(network.proxy.address, "hans");
  let isIn = false;
  const login = hans.session.logIn("hans", "pw-hans", 6_000).finally(() => isIn = true);
  await network.forge(FORGED, 3, () => isIn);
  await login;
  assertEquals(await hans.ask({ verb: "lap" }), []);
});

Deno.test("a stranger can make nobody send more than a few hellos, nor give up early", async () => {
  await using network = new Network();
  network.index.lose = () => true;
  const retransmitMs = [200, 200, 200];
  await using hans = new TestSession(network.proxy.address, "hans", { retransmitMs });
  let isOver = false;
  const began = performance.now();
  const login = assertRejects(() => hans.session.logIn("hans", "pw-hans", 6_000), BitTrickleError)
    .finally(() => isOver = true);
  await network.forge([FORGED[1]!], 100, () => isOver);
  await login;
  assert(performance.now() - began >= 600);
  assert(network.hellos <= 3 + 8, `${network.hellos} hellos`);
});
