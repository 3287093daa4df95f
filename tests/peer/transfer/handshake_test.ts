/**
 * The beginning of a sealed transfer: both sides agree on keys, or the ticket is refused.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { BitTrickleError } from "../../../lib/errors.ts";
import { Connection } from "../../../lib/net/connection.ts";
import { acceptTransfer, openTransfer } from "../../../lib/peer/transfer/handshake.ts";
import { KEY_BYTES } from "../../../lib/protocol/aead.ts";
import type { OpenedTicket } from "../../../lib/protocol/ticket.ts";
import { encodeOpening, LINE_BYTES } from "../../../lib/protocol/transfer.ts";
import { someBytes } from "../../support/bytes.ts";
import { readAll } from "../../support/plain_tcp.ts";

const TICKET = "ticket";
const KEY = someBytes(KEY_BYTES, 1);
const OPENED: OpenedTicket = { downloader: "vader", id: "", size: 0, expires: 0, key: KEY };
const PASS = { ticket: TICKET, key: Buffer.from(KEY).toString("base64url") };
const OPTIONS = { stallMs: 10_000 };
const NOTHING = new Uint8Array();
const RECORD = someBytes(100, 2);

/** Knows one ticket. */
function admit(ticket: string): OpenedTicket | undefined {
  return ticket === TICKET ? OPENED : undefined;
}

/** The source's end of the next connection to `listener`. */
async function nextOf(listener: Deno.TcpListener): Promise<Connection> {
  return new Connection(await listener.accept(), OPTIONS);
}

function listen(): Deno.TcpListener {
  return Deno.listen({ hostname: "127.0.0.1", port: 0 });
}

Deno.test("records go both ways after a good ticket", async () => {
  using listener = listen();
  const opening = openTransfer(listener.addr, PASS, OPTIONS);
  using connection = await nextOf(listener);
  const accepted = await acceptTransfer(connection, NOTHING, admit);
  assert(accepted);
  assertEquals(accepted.ticket, OPENED);
  const downloader = await opening;
  using _ = downloader.connection;
  await downloader.send(RECORD);
  assertEquals(await accepted.stream.receive(RECORD.length), RECORD);
  await accepted.stream.send(RECORD);
  assertEquals(await downloader.receive(RECORD.length), RECORD);
});

Deno.test("what was read before the handshake counts as its beginning", async () => {
  using listener = listen();
  const opening = openTransfer(listener.addr, PASS, OPTIONS);
  using connection = await nextOf(listener);
  const buffer = new Uint8Array(LINE_BYTES);
  const length = await connection.read(buffer);
  assert(await acceptTransfer(connection, buffer.subarray(0, length!), admit));
  (await opening).connection.close();
});

Deno.test("a downloader is told that its ticket is refused, and nothing else", async () => {
  using listener = listen();
  const { hostname, port } = listener.addr;
  const socket = await Deno.connect({ hostname, port });
  await socket.write(encodeOpening({ ticket: "other", nonce: "n".repeat(22) }));
  {
    using connection = await nextOf(listener);
    assertEquals(await acceptTransfer(connection, NOTHING, admit), undefined);
  }
  assertEquals(new TextDecoder().decode(await readAll(socket)), "BT2/err 403\n");
});

Deno.test("a refused downloader closes its connection", async () => {
  using listener = listen();
  const opening = openTransfer(listener.addr, { ...PASS, ticket: "other" }, OPTIONS);
  const refused = assertRejects(() => opening, BitTrickleError);
  using connection = await nextOf(listener);
  await acceptTransfer(connection, NOTHING, admit);
  assertEquals((await refused).code, "refused");
  assertEquals(await connection.read(new Uint8Array(1)), null);
});

Deno.test("each side takes only the other's part of the handshake", async () => {
  using listener = listen();
  const opening = openTransfer(listener.addr, PASS, OPTIONS);
  const failed = assertRejects(() => opening, BitTrickleError);
  {
    using connection = await nextOf(listener);
    await connection.read(new Uint8Array(LINE_BYTES));
    await connection.write(encodeOpening({ ticket: TICKET, nonce: "n".repeat(22) }));
    assertEquals((await failed).code, "malformed");
  }
  using client = await Connection.open(listener.addr, OPTIONS);
  using connection = await nextOf(listener);
  await client.write(new TextEncoder().encode(`BT2/ok ${"n".repeat(22)}\n`));
  const accepting = () => acceptTransfer(connection, NOTHING, admit);
  assertEquals((await assertRejects(accepting, BitTrickleError)).code, "malformed");
});
