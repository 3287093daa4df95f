import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { BitTrickleError } from "../../lib/errors.ts";
import { Connection } from "../../lib/net/connection.ts";
import { ConnectionListener } from "../../lib/net/connection_listener.ts";
import { codeOf } from "../support/failures.ts";
import { block } from "../support/block.ts";
import { HAS_IPV6 } from "../support/ipv6.ts";
import { waitFor } from "../support/wait_for.ts";
import { unmapped } from "../../lib/protocol/address.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const PATIENT = { stallMs: 10_000 };

async function pair(stallMs: number, signal?: AbortSignal): Promise<[Connection, Connection]> {
  using listener = ConnectionListener.bind(LOOPBACK);
  const accepting = listener.accept().next();
  const client = await Connection.open(listener.address, { stallMs, signal });
  return [client, new Connection((await accepting).value!, PATIENT)];
}

/** Waits until a connection that may not be silent has been for `stallMs` milliseconds. */
async function anotherStalls(stallMs: number): Promise<void> {
  const [client, server] = await pair(stallMs);
  using _ = server;
  assertEquals(await codeOf(client.read(new Uint8Array(1))), "timeout");
}

Deno.test("write() sends everything, read() returns null at the end", async () => {
  const [client, server] = await pair(10_000);
  using _ = client;
  const sending = server.write(new Uint8Array(3_000_000)).then(() => server.close());
  const buffer = new Uint8Array(65_536);
  let size = 0;
  for (let n = await client.read(buffer); n !== null; n = await client.read(buffer)) size += n;
  await sending;
  assertEquals(size, 3_000_000);
});

Deno.test("read() times out when the other side sends nothing", async () => {
  const [client, server] = await pair(20);
  using _ = server;
  assertEquals(await codeOf(client.read(new Uint8Array(1))), "timeout");
});

Deno.test("write() times out when the other side takes nothing", async () => {
  const [client, server] = await pair(100);
  using _ = server;
  assertEquals(await codeOf(client.write(new Uint8Array(50_000_000))), "timeout");
});

Deno.test("a signal ends a read at once", async () => {
  const stopping = new AbortController();
  const [client, server] = await pair(10_000, stopping.signal);
  using _ = server;
  const reading = codeOf(client.read(new Uint8Array(1)));
  stopping.abort();
  assertEquals(await reading, "interrupted");
});

Deno.test("open() says that nobody listens", async () => {
  const listener = ConnectionListener.bind(LOOPBACK);
  const { address } = listener;
  listener.close();
  assertEquals(await codeOf(Connection.open(address, PATIENT)), "network");
});

Deno.test("open() with a fired signal is interrupted", async () => {
  using listener = ConnectionListener.bind(LOOPBACK);
  const options = { ...PATIENT, signal: AbortSignal.abort() };
  assertEquals(await codeOf(Connection.open(listener.address, options)), "interrupted");
});

Deno.test("accept() ends when the listener is closed", async () => {
  const listener = ConnectionListener.bind(LOOPBACK);
  const accepting = Array.fromAsync(listener.accept());
  listener.close();
  listener.close();
  assertEquals(await accepting, []);
});

Deno.test("a sleep of this program is no stall", async () => {
  const stallMs = 200;
  const [client, server] = await pair(stallMs);
  using _ = client;
  using __ = server;
  const reading = client.read(new Uint8Array(1));
  const timerThatCountsSleep = delay(stallMs);
  block(1_500);
  await timerThatCountsSleep;
  await server.write(Uint8Array.of(7));
  assertEquals(await reading, 1);
});

Deno.test("who may be silent is waited for, until he may not any more", async () => {
  const [client, server] = await pair(100);
  using _ = server;
  client.mayBeSilent = true;
  const reading = client.read(new Uint8Array(1));
  await anotherStalls(100);
  await server.write(Uint8Array.of(7));
  assertEquals([await reading, client.received], [1, 1]);
  const second = codeOf(client.read(new Uint8Array(1)));
  await anotherStalls(100);
  client.mayBeSilent = false;
  assertEquals(await second, "timeout");
});

Deno.test("abort() fails what is under way with its error", async () => {
  const [client, server] = await pair(10_000);
  using _ = server;
  const reading = codeOf(client.read(new Uint8Array(1)));
  client.abort(new BitTrickleError("refused", "no"));
  assertEquals(await reading, "refused");
});

Deno.test("a listener for hosts of both kinds accepts at both", { ignore: !HAS_IPV6 }, async () => {
  for (const hosts of [["127.0.0.1", "::1"], ["192.0.2.1", "2001:db8::1"]] as const) {
    const listener = ConnectionListener.bindFor(hosts);
    const { port } = listener.address;
    const accepted: string[] = [];
    const accepting = (async () => {
      for await (const socket of listener.accept()) {
        accepted.push(unmapped(socket.remoteAddr.hostname));
        socket.close();
        if (accepted.length === 4) listener.close();
      }
    })();
    const targets = ["::1", "127.0.0.1", "127.0.0.1", "::1"];
    for (const [i, hostname] of targets.entries()) {
      using _ = await Connection.open({ hostname, port }, PATIENT);
      await waitFor("it to be accepted", () => accepted.length > i);
    }
    await accepting;
    assertEquals(accepted, targets);
  }
});

Deno.test("a listener closes what nobody has taken from it", { ignore: !HAS_IPV6 }, async () => {
  const listener = ConnectionListener.bindFor(["127.0.0.1", "::1"]);
  const { port } = listener.address;
  const first = listener.accept().next();
  using _v4 = await Connection.open({ hostname: "127.0.0.1", port }, PATIENT);
  using v6 = await Connection.open({ hostname: "::1", port }, PATIENT);
  (await first).value?.close();
  listener.close();
  assertEquals(await v6.read(new Uint8Array(1)).catch(() => null), null);
});

Deno.test("whoever hears that a listener has closed may have its port", async () => {
  const listener = ConnectionListener.bind(LOOPBACK);
  const { address } = listener;
  const accepting = listener.accept().next();
  listener.close();
  await accepting;
  ConnectionListener.bind(address).close();
});
