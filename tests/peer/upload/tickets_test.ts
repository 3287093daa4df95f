/**
 * What a source demands before it sends a byte of a file: a ticket of its index, for this file and
 * this downloader.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { askForCertificate } from "../../../lib/peer/certificates.ts";
import { SourceConnection } from "../../../lib/peer/download/source_connection.ts";
import type { Address } from "../../../lib/protocol/address.ts";
import { PIECE_BYTES, TICKET_MS } from "../../../lib/protocol/limits.ts";
import type { Pass } from "../../../lib/protocol/ticket.ts";
import { someBytes } from "../../support/bytes.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { readAll } from "../../support/plain_tcp.ts";
import { TestSession } from "../../support/test_session.ts";
import { authority, TestUploads } from "../../support/test_uploads.ts";
import { TcpRelay } from "../../support/tcp_relay.ts";
import { TestIndex } from "../../support/test_index.ts";
import { waitFor } from "../../support/wait_for.ts";
import { codeOf } from "../../support/failures.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const SECRET = someBytes(5_000);

/** Sends `bytes` on a connection of its own, and returns all that comes back. */
async function answerTo(address: Address, bytes: Uint8Array): Promise<Uint8Array> {
  const socket = await Deno.connect({ hostname: address.hostname, port: address.port });
  await socket.write(bytes);
  return await readAll(socket);
}

/** Shows a ticket on a connection of its own. */
async function showTicket(address: Address, pass: Pass, trust = authority): Promise<void> {
  using connection = await SourceConnection.open(address, pass, {
    stallMs: 10_000,
    authority: trust,
  });
  await connection.layer(SECRET.length, pass.ticket);
}

function piece(connection: SourceConnection, { ticket }: Pass): Promise<Uint8Array> {
  return connection.piece(0, SECRET.length, ticket);
}

Deno.test("a ticket opens the file that it is for", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  const { id } = await sharing.share("a", SECRET);
  const pass = sharing.pass("vader", id);
  using connection = await sharing.connect(pass);
  assertEquals(await piece(connection, pass), SECRET);
});

Deno.test("without a ticket nothing is told, not even what is there", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  await sharing.share("a", SECRET);
  for (const text of ["layer", "pieces 0 1", "bad 0", "layer x", "pieces 0 1 AAAA"]) {
    const stream = await sharing.openTransfer();
    using _ = stream.connection;
    await stream.send(new TextEncoder().encode(text));
    assertEquals(new TextDecoder().decode(await stream.receive(64)), "403", text);
    assertEquals(await stream.receive(64), undefined, text);
  }
  for (const text of ["", "BT2/", "layer ", "x".repeat(2_000), "pieces 0"]) {
    const stream = await sharing.openTransfer();
    using _ = stream.connection;
    await stream.send(new TextEncoder().encode(text));
    assertEquals(await stream.receive(64).catch(() => undefined), undefined, text);
  }
  assertEquals([sharing.uploads.running, sharing.uploads.waiting], [0, 0]);
});

Deno.test("a damaged ticket is refused", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  const { id } = await sharing.share("a", SECRET);
  const pass = sharing.pass("vader", id);
  const bytes = Buffer.from(pass.ticket, "base64url");
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes.map((byte, i) => i === at ? byte ^ 1 : byte));
    const shown = { ...pass, ticket: damaged.toString("base64url") };
    assertEquals(await codeOf(() => showTicket(sharing.address, shown)), "refused");
  }
});

Deno.test("a ticket for another source is refused", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  await using other = await TestUploads.open();
  const { id } = await sharing.share("a", SECRET);
  await other.share("a", SECRET);
  const pass = other.pass("vader", id);
  const there = { ...pass, label: sharing.identity.label };
  assertEquals(await codeOf(() => showTicket(sharing.address, there)), "refused");
  assertEquals(await codeOf(() => showTicket(sharing.address, pass)), "unverified");
});

Deno.test(
  "a ticket for a file that is not among the shared files opens no other",
  ON_DISK,
  async () => {
    await using sharing = await TestUploads.open();
    const { id } = await sharing.share("a", SECRET);
    const [allowed, none] = [sharing.pass("vader", id), sharing.pass("vader", "ab".repeat(32))];
    using connection = await sharing.connect(none);
    assertEquals(await codeOf(() => piece(connection, none)), "not_found");
    assertEquals(await piece(connection, allowed), SECRET, "the connection can be used on");
  },
);

Deno.test("a ticket for one size of an id opens no other", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  const large = someBytes(2 * PIECE_BYTES);
  const { id, layer } = await sharing.share("large", large);
  const hashes = await sharing.share("hashes", layer);
  assertEquals(hashes.id, id);
  for (const [content, other] of [[layer, large], [large, layer]] as const) {
    const pass = sharing.pass("vader", id, content.length);
    using connection = await sharing.connect(pass);
    const length = Math.min(content.length, PIECE_BYTES);
    assertEquals(await connection.piece(0, length, pass.ticket), content.slice(0, length));
    sharing.published.remove(content === large ? "large" : "hashes");
    assertEquals(await codeOf(() => connection.piece(0, length, pass.ticket)), "not_found");
    await sharing.share(content === large ? "large" : "hashes", content);
    using next = await sharing.connect(sharing.pass("vader", id, other.length));
    const { ticket } = sharing.pass("vader", id, other.length + 1);
    assertEquals(await codeOf(() => next.piece(0, length, ticket)), "not_found");
  }
});

Deno.test("another user's ticket opens nothing on one's own connection", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  const { id } = await sharing.share("a", SECRET);
  const own = sharing.pass("vader", "ab".repeat(32));
  using connection = await sharing.connect(own);
  assertEquals(await codeOf(() => piece(connection, own)), "not_found");
  assertEquals(await codeOf(() => piece(connection, sharing.pass("yoda", id))), "refused");
  assertEquals(await codeOf(() => piece(connection, own)), "not_found");
});

Deno.test("a recorder on the wire finds no name, id, ticket or content", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  const { id, layer } = await sharing.share("kessel-run.txt", SECRET);
  const recorded: Uint8Array[] = [];
  const record = (bytes: Uint8Array) => void recorded.push(bytes.slice());
  await using relay = new TcpRelay(sharing.address.port, { onAsked: record, onAnswered: record });
  const pass = sharing.pass("vader", id);
  {
    using connection = await sharing.connect(pass, {}, relay.address);
    assertEquals(new Uint8Array(await connection.layer(SECRET.length, pass.ticket)), layer);
    assertEquals(await piece(connection, pass), SECRET);
  }
  const wire = Buffer.concat(recorded);
  assert(wire.length > SECRET.length);
  const ticket = Buffer.from(pass.ticket, "base64url");
  for (const text of ["kessel-run", "vader", id, pass.ticket, "layer", "pieces"]) {
    assert(!wire.includes(text), text);
  }
  for (const bytes of [layer, ticket, SECRET.subarray(0, 16)]) {
    assert(!wire.includes(Buffer.from(bytes)));
  }
});

Deno.test("a recorded connection that is sent again brings nothing", ON_DISK, async () => {
  await using sharing = await TestUploads.open();
  const { id } = await sharing.share("a", SECRET);
  const recorded: number[] = [];
  const onAsked = (bytes: Uint8Array) => void recorded.push(...bytes);
  await using relay = new TcpRelay(sharing.address.port, { onAsked });
  const pass = sharing.pass("vader", id);
  {
    using connection = await sharing.connect(pass, {}, relay.address);
    assertEquals(await piece(connection, pass), SECRET);
  }
  const answer = await answerTo(sharing.address, Uint8Array.from(recorded));
  // The source's half of another handshake, and no piece.
  assert(answer.length < SECRET.length, `${answer.length} bytes`);
  assertEquals([sharing.uploads.running, sharing.uploads.waiting], [0, 0]);
});

Deno.test("an expired ticket is refused by the index's clock", ON_DISK, async () => {
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans", { heartbeatMs: 10 });
  await using vader = await TestSession.join(index.address, "vader", { heartbeatMs: 10 });
  await hans.folder.write("a", SECRET);
  await hans.peer.pub("a");
  const reply = await vader.session.ask({ verb: "get", name: "a" });
  assert(reply.kind === "sources");
  const [{ ip, port, pass }] = reply.sources as [typeof reply.sources[0]] & { 0: object };
  const address = { hostname: ip, port };
  const trust = () => askForCertificate((request) => vader.session.ask(request));
  await showTicket(address, pass!, trust);
  // In steps, as a session that is silent for longer is forgotten, and its tickets with it.
  for (let passed = 0; passed <= TICKET_MS; passed += 1_000) {
    index.clock.offset += 1_000;
    assertEquals((await hans.peer.lap()).items, ["vader"]);
    await vader.ask({ verb: "lap" });
  }
  await waitFor(
    "the ticket to expire",
    () => showTicket(address, pass!, trust).then(() => false, () => true),
  );
  assertEquals(await codeOf(() => showTicket(address, pass!, trust)), "refused");
});
