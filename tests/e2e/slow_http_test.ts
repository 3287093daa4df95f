/**
 * Slow clients of the status page, and what the index notices of them.
 *
 * `BITTRICKLE_SLOW_CLIENTS=10000` asks for as many; the gate takes fewer.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { ANY_PORT, TEST_HOST } from "../support/host.ts";
import { MAY_RUN } from "../support/permission.ts";
import { Program } from "../support/program.ts";
import { ask } from "../support/raw_http.ts";
import { servePage } from "../support/served_page.ts";

const PROGRAM = fromFileUrl(new URL("../support/slow_clients.ts", import.meta.url));
const REQUESTS = 2_000;
/** The best of them counts: whatever else the machine does makes the others worse. */
const ROUNDS = 5;

/** How many milliseconds 99 of 100 requests of the plain protocol take, asked one by one. */
async function latency(port: number): Promise<number> {
  using socket = new PlainSocket(port);
  await socket.ask("login hans pw-hans 6000");
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await p99(() => socket.ask("lpf hans")));
  return Math.min(...rounds);
}

async function p99(ask: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    const since = performance.now();
    await ask();
    times.push(performance.now() - since);
  }
  return times.sort((a, b) => a - b)[Math.floor(REQUESTS * 0.99)]!;
}

/** A client of the plain protocol, as quick as can be. */
class PlainSocket implements Disposable {
  readonly #socket = Deno.listenDatagram({ ...ANY_PORT, transport: "udp" });
  readonly #index: Deno.NetAddr;

  constructor(port: number) {
    this.#index = { hostname: TEST_HOST, port, transport: "udp" };
  }

  async ask(text: string): Promise<void> {
    await this.#socket.send(new TextEncoder().encode(text), this.#index);
    await this.#socket.receive();
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

Deno.test("slow clients of the page do not touch the index", {
  ignore: !MAY_RUN || Deno.build.os === "windows",
}, async () => {
  const count = Number(Deno.env.get("BITTRICKLE_SLOW_CLIENTS") ?? 2_000);
  const { network, address } = await servePage();
  await using _ = network;
  const quiet = await latency(network.port);
  // They are other machines in truth: their work is not to take this one's processors.
  await using slow = new Program([
    ...["nice", "-n", "19", Deno.execPath(), "run", "--allow-net"],
    ...[PROGRAM, String(address.port), String(count)],
  ]);
  await slow.shows("ready", 120_000);
  const busy = await latency(network.port);
  assertEquals((await ask(address, { path: "/healthz" })).status, 200);
  assert(busy < quiet * 2 + 1, `99 of 100 within ${quiet} ms when quiet, ${busy} ms when busy`);
});
