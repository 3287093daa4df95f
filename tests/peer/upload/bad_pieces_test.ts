/**
 * A downloader that says that a piece is bad: the source reads that piece, and hashes the file
 * again if it has changed without a sign; nobody can make it do more.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { stateOf } from "../../../lib/peer/share/file_state.ts";
import type { Identity } from "../../../lib/peer/share/identity.ts";
import type { SourceConnection } from "../../../lib/peer/download/source_connection.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";
import { hashed } from "../../support/hashed.ts";
import { HostileSource, onPieces } from "../../support/hostile_source.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestUploads } from "../../support/test_uploads.ts";
import { TestIndex } from "../../support/test_index.ts";
import { codeOf } from "../../support/failures.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const CONTENT = someBytes(2 * PIECE_BYTES);

/** A source of `CONTENT`, and vader, who has fetched its first piece. */
async function withPiece(
  run: (
    sharing: TestUploads,
    identity: Identity,
    connection: SourceConnection,
    ticket: string,
  ) => Promise<void>,
): Promise<void> {
  await using sharing = await TestUploads.open();
  const identity = await sharing.share("a", CONTENT);
  const pass = sharing.pass("vader", identity.id);
  using connection = await sharing.connect(pass);
  await connection.piece(0, PIECE_BYTES, pass.ticket);
  await run(sharing, identity, connection, pass.ticket);
}

/** Changes the file without a sign: neither its size nor what is known of it tells. */
async function rewrite(sharing: TestUploads, identity: Identity): Promise<void> {
  await sharing.folder.write("a", someBytes(CONTENT.length, 2));
  const file = await sharing.published.folder.open("a");
  const state = await stateOf(file).finally(() => file.close());
  sharing.published.remember("a", { ...identity, state });
}

Deno.test("a piece that is right is said to be, and nothing is hashed", ON_DISK, async () => {
  await withPiece(async (sharing, _, connection, ticket) => {
    await connection.tellBad(0, ticket);
    assertEquals(sharing.changed, []);
    assertEquals((await connection.piece(1, PIECE_BYTES, ticket)).length, PIECE_BYTES);
  });
});

Deno.test("a piece is looked at once each time it was sent", ON_DISK, async () => {
  await withPiece(async (sharing, _, connection, ticket) => {
    assertEquals(await codeOf(() => connection.tellBad(1, ticket)), "refused", "it was not sent");
    await connection.tellBad(0, ticket);
    assertEquals(await codeOf(() => connection.tellBad(0, ticket)), "refused", "it was looked at");
    assertEquals(sharing.changed, []);
  });
});

Deno.test("a file that has changed without a sign is hashed again", ON_DISK, async () => {
  await withPiece(async (sharing, identity, connection, ticket) => {
    await rewrite(sharing, identity);
    assertEquals(await codeOf(() => connection.tellBad(0, ticket)), "changed");
    assertEquals(sharing.changed, ["a"]);
  });
});

Deno.test("who says so for ever makes it hash once a minute at most", ON_DISK, async () => {
  await withPiece(async (sharing, identity, connection, ticket) => {
    await rewrite(sharing, identity);
    for (let i = 0; i < 20; i++) {
      await connection.piece(0, PIECE_BYTES, ticket);
      assertEquals(await codeOf(() => connection.tellBad(0, ticket)), "changed");
    }
    using other = await sharing.connect(sharing.pass("yoda", identity.id));
    const theirs = sharing.pass("yoda", identity.id).ticket;
    await other.piece(1, PIECE_BYTES, theirs);
    assertEquals(await codeOf(() => other.tellBad(1, theirs)), "changed");
    assertEquals(sharing.changed, ["a"]);
  });
});

Deno.test("a source that sends a bad piece is told which", ON_DISK, async () => {
  const file = hashed(someBytes(1.5 * PIECE_BYTES));
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", { stallMs: 2_000, patienceMs: 20_000 });
  const script = onPieces(({ send, records }) => send(records[0]!.map((byte) => byte ^ 1)));
  await using yoda = await HostileSource.join(index, "yoda", file, {
    script: (turn) => turn.request.verb === "bad" ? turn.reply("200 0") : script(turn),
  });
  await yoda.publish("a");
  assertEquals(await codeOf(() => vader.peer.get("a")), "unverified");
  const told = yoda.asked.flatMap((it) => it.verb === "bad" ? [it.piece] : []);
  assertEquals([...new Set(told)].every((piece) => yoda.askedPieces.includes(piece)), true);
  assertEquals(told.length > 0, true);
});
