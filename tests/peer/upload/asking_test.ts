/**
 * Connections that prove nothing: they take no place, are closed in time, and keep nobody out.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { assert, assertEquals } from "@std/assert";
import type { Address } from "../../../lib/protocol/address.ts";
import { ASKING_CONNECTIONS } from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestUploads } from "../../support/test_uploads.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const CONTENT = someBytes(5_000);
const ASK_MS = 300;

/** Strangers who make a handshake, and how long they go on. */
const HANDSHAKES_PER_MS = 10_000 / 60_000;
const FLOOD_MS = 3_000;

function open({ hostname, port }: Address): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname, port });
}

/** Says `bytes` one at a time until the source hangs up, and returns how long that took. */
async function drip(address: Address, bytes: Uint8Array): Promise<number> {
  using socket = await open(address);
  const began = performance.now();
  const closed = new AbortController();
  const reading = readToEnd(socket).finally(() => closed.abort());
  for (const byte of bytes) {
    if (closed.signal.aborted) break;
    await socket.write(Uint8Array.of(byte)).catch(() => closed.abort());
    await delay(20, { signal: closed.signal }).catch(() => {});
  }
  await reading;
  return performance.now() - began;
}

async function readToEnd(socket: Pick<Deno.TcpConn, "read">): Promise<void> {
  const buffer = new Uint8Array(1_000);
  // A connection that is closed while bytes are on their way to it ends in an error.
  while (await socket.read(buffer).catch(() => null) !== null);
}

/** The header of a record of TLS that holds a client's first message, and the beginning of that. */
const HALF_A_HANDSHAKE = Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, ...new Uint8Array(200));

Deno.test("a handshake that comes byte by byte is not waited for", ON_DISK, async () => {
  await using sharing = await TestUploads.open({ askMs: ASK_MS });
  const took = await drip(sharing.address, HALF_A_HANDSHAKE);
  assert(took >= ASK_MS - 50, `closed after ${took} ms`);
  assertEquals([sharing.uploads.running, sharing.uploads.waiting], [0, 0]);
});

Deno.test("half a handshake and silence is not waited for", ON_DISK, async () => {
  await using sharing = await TestUploads.open({ askMs: ASK_MS });
  for (const length of [1, 5, 6, 100, HALF_A_HANDSHAKE.length]) {
    using socket = await open(sharing.address);
    await socket.write(HALF_A_HANDSHAKE.subarray(0, length));
    await readToEnd(socket);
  }
});

Deno.test("handshakes that no ticket follows keep nobody out", ON_DISK, async () => {
  await using sharing = await TestUploads.open({ askMs: ASK_MS });
  const { id } = await sharing.share("a", CONTENT);
  const count = ASKING_CONNECTIONS + 20;
  const strangers = await Promise.allSettled(
    Array.from({ length: count }, () => sharing.openTransfer()),
  );
  const pass = sharing.pass("vader", id);
  using connection = await sharing.connect(pass);
  assertEquals(await connection.piece(0, CONTENT.length, pass.ticket), CONTENT);
  for (const stranger of strangers) {
    if (stranger.status === "fulfilled") await readToEnd(stranger.value.connection);
  }
  assertEquals([sharing.uploads.running, sharing.uploads.waiting], [0, 0]);
  for (const stranger of strangers) {
    if (stranger.status === "fulfilled") stranger.value.connection.close();
  }
});

Deno.test("a request that comes byte by byte is not waited for", ON_DISK, async () => {
  await using sharing = await TestUploads.open({ askMs: ASK_MS });
  const stream = await sharing.openTransfer();
  using connection = stream.connection;
  await connection.write(Uint8Array.of(0, 0, 0, 200, 1, 2, 3));
  await readToEnd(connection);
  assertEquals([sharing.uploads.running, sharing.uploads.waiting], [0, 0]);
});

Deno.test("more silent connections than are heard keep nobody out for long", ON_DISK, async () => {
  await using sharing = await TestUploads.open({ askMs: ASK_MS });
  const { id } = await sharing.share("a", CONTENT);
  const count = ASKING_CONNECTIONS + 20;
  const sockets = await Promise.all(Array.from({ length: count }, () => open(sharing.address)));
  const pass = sharing.pass("vader", id);
  using connection = await sharing.connect(pass);
  assertEquals(await connection.piece(0, CONTENT.length, pass.ticket), CONTENT);
  for (const socket of sockets) socket.close();
});

Deno.test("who has proved a ticket may be silent for longer", ON_DISK, async () => {
  await using sharing = await TestUploads.open({ askMs: ASK_MS });
  const { id } = await sharing.share("a", CONTENT);
  const pass = sharing.pass("vader", id);
  using connection = await sharing.connect(pass);
  await connection.piece(0, CONTENT.length, pass.ticket);
  // Closed after the same time, and nothing else tells that it is over.
  using silent = await open(sharing.address);
  await readToEnd(silent);
  assertEquals(await connection.piece(0, CONTENT.length, pass.ticket), CONTENT);
});

Deno.test("silent connections that are refilled keep no downloader out", ON_DISK, async () => {
  // None of them is closed for being silent.
  await using sharing = await TestUploads.open({ askMs: 60_000 });
  const { id } = await sharing.share("a", CONTENT);
  const stopping = new AbortController();
  const { signal } = stopping;
  const refill = async () => {
    while (!signal.aborted) {
      const socket = await open(sharing.address).catch(() => {});
      if (!socket) continue;
      let isOpen = true;
      const onAbort = () => {
        if (isOpen) socket.close();
        isOpen = false;
      };
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      await readToEnd(socket);
      signal.removeEventListener("abort", onAbort);
      onAbort();
    }
  };
  const strangers = Array.from({ length: 300 }, refill);
  for (let i = 0; i < 5; i++) {
    const pass = sharing.pass("vader", id);
    const began = performance.now();
    using connection = await sharing.connect(pass);
    assertEquals(await connection.piece(0, CONTENT.length, pass.ticket), CONTENT);
    const took = performance.now() - began;
    assert(took < 4_000, `it took ${took} ms`);
  }
  stopping.abort();
  await Promise.all(strangers);
});

Deno.test("10,000 handshakes a minute hold up nobody and no socket", ON_DISK, async () => {
  await using sharing = await TestUploads.open({ askMs: ASK_MS });
  const { id } = await sharing.share("a", CONTENT);
  const began = performance.now();
  const strangers: Promise<void>[] = [];
  let most = 0;
  let open = 0;
  const visit = async (isHasty: boolean) => {
    const stream = await sharing.openTransfer().catch(() => undefined);
    if (!stream) return;
    most = Math.max(most, ++open);
    if (!isHasty) await readToEnd(stream.connection);
    stream.connection.close();
    open--;
  };
  for (let i = 0; performance.now() - began < FLOOD_MS; i++) {
    const due = began + i / HANDSHAKES_PER_MS;
    if (due > performance.now()) await delay(due - performance.now());
    strangers.push(visit(i % 2 === 0));
    if (i % 30 > 0) continue;
    const asked = performance.now();
    const pass = sharing.pass("vader", id);
    using connection = await sharing.connect(pass);
    assertEquals(await connection.piece(0, CONTENT.length, pass.ticket), CONTENT);
    assert(performance.now() - asked < 2_000, "an honest downloader waited for too long");
  }
  await Promise.all(strangers);
  assert(most <= ASKING_CONNECTIONS + 1, `${most} open at once`);
  assertEquals([sharing.uploads.running, sharing.uploads.waiting], [0, 0]);
});
