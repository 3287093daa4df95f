/**
 * Files that are passed on to a reader: in their order, verified, and with a bounded memory.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import type { StreamOptions } from "../../../lib/peer/download/file_stream.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";
import { codeOf } from "../../support/failures.ts";
import { hashed } from "../../support/hashed.ts";
import {
  busyUntil,
  honest,
  HostileSource,
  onPieces,
  type Script,
} from "../../support/hostile_source.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { waitFor } from "../../support/wait_for.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
/** However busy the machine is. */
const PATIENT = { stallMs: 5_000, patienceMs: 10_000 };
const FILE = hashed(someBytes(20.5 * PIECE_BYTES));

const lie: Script = onPieces(({ send, records }) => {
  return send(...records.map((record) => record.with(0, record[0]! ^ 1)));
});

/** Collects what `reader` gets of the file `a`. */
async function read(reader: TestPeer, options: StreamOptions = {}): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const sink = (bytes: Uint8Array) => Promise.resolve(void parts.push(bytes));
  const streamed = await reader.peer.stream("a", sink, options);
  const bytes = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  assertEquals(streamed, { kind: "streamed", bytes: bytes.length });
  return bytes;
}

Deno.test(
  "a file is read from several sources, in order, and nothing is kept",
  ON_DISK,
  async () => {
    await using index = new TestIndex();
    await using vader = await TestPeer.join(index, "vader", PATIENT);
    await using hans = await HostileSource.join(index, "hans", FILE);
    await using yoda = await HostileSource.join(index, "yoda", FILE);
    for (const source of [hans, yoda]) await source.publish("a");
    assertEquals(await read(vader), FILE.content);
    assert(hans.askedPieces.length > 0 && yoda.askedPieces.length > 0);
    assertEquals(await vader.folder.names(), []);
  },
);

for (
  const [range, start, end] of [
    [{ first: 0, last: 0 }, 0, 1],
    [{ first: 10, last: 2 * PIECE_BYTES }, 10, 2 * PIECE_BYTES + 1],
    [{ first: 3 * PIECE_BYTES }, 3 * PIECE_BYTES, FILE.size],
    [{ suffix: 5 }, FILE.size - 5, FILE.size],
  ] as const
) {
  Deno.test(
    `of a range, ${JSON.stringify(range)}, only its pieces are asked for`,
    ON_DISK,
    async () => {
      await using index = new TestIndex();
      await using vader = await TestPeer.join(index, "vader", PATIENT);
      await using hans = await HostileSource.join(index, "hans", FILE);
      await hans.publish("a");
      assertEquals(await read(vader, { range }), FILE.content.slice(start, end));
      const first = Math.floor(start / PIECE_BYTES);
      const count = Math.ceil(end / PIECE_BYTES) - first;
      const expected = Array.from({ length: count }, (_, i) => first + i);
      assertEquals([...new Set(hans.askedPieces)], expected);
    },
  );
}

Deno.test("an empty file ends at once, and has no range", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", PATIENT);
  await using hans = await HostileSource.join(index, "hans", hashed(new Uint8Array()));
  await hans.publish("a");
  assertEquals(await read(vader), new Uint8Array());
  assertEquals(await codeOf(read(vader, { range: { first: 0 } })), "usage");
});

Deno.test("a bad piece is never passed on, and its source is dropped", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", PATIENT);
  await using yoda = await HostileSource.join(index, "yoda", FILE, { script: lie });
  const whenAsked = { script: busyUntil(() => yoda.askedPieces.length > 0) };
  await using hans = await HostileSource.join(index, "hans", FILE, whenAsked);
  for (const source of [hans, yoda]) await source.publish("a");
  assertEquals(await read(vader), FILE.content);
});

Deno.test("where all lie nothing is passed on", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", PATIENT);
  await using yoda = await HostileSource.join(index, "yoda", FILE, { script: lie });
  await yoda.publish("a");
  const sink = () => Promise.reject(new Error("never"));
  assertEquals(await codeOf(vader.peer.stream("a", sink)), "unverified");
});

Deno.test("a slow reader bounds what is asked for, and is waited for", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", { ...PATIENT, patienceMs: 1_000 });
  await using hans = await HostileSource.join(index, "hans", FILE);
  await hans.publish("a");
  const reading = Promise.withResolvers<void>();
  let size = 0;
  const streaming = vader.peer.stream("a", async (bytes) => {
    await reading.promise;
    size += bytes.length;
  });
  await waitFor("a full window", () => hans.askedPieces.length >= 8);
  const full = performance.now();
  await waitFor("more than the patience", () => performance.now() - full > 2_000);
  assertEquals([...new Set(hans.askedPieces)], [0, 1, 2, 3, 4, 5, 6, 7]);
  reading.resolve();
  await streaming;
  assertEquals(size, FILE.size);
});

Deno.test("a piece that its source fails to bring comes from another", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", PATIENT);
  await using yoda = await HostileSource.join(index, "yoda", FILE);
  await using hans = await HostileSource.join(index, "hans", FILE, {
    script: busyUntil(() => yoda.askedPieces.length > 0),
  });
  // It takes the first piece and leaves when all others of the window are there.
  const leave = onPieces(async (turn) => {
    if (turn.request.verb === "pieces" && turn.request.first > 0) return await honest(turn);
    await waitFor("the window", () => hans.askedPieces.length >= 4);
    turn.connection.close();
  });
  yoda.behaviour = { script: leave };
  for (const source of [hans, yoda]) await source.publish("a");
  assertEquals(await read(vader), FILE.content);
});

Deno.test("a reader that takes nothing can be stopped", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", PATIENT);
  await using hans = await HostileSource.join(index, "hans", hashed(someBytes(1_000)));
  await hans.publish("a");
  const stopping = new AbortController();
  const { signal } = stopping;
  const begun = Promise.withResolvers<void>();
  const sink = () => {
    begun.resolve();
    return new Promise<void>(() => {});
  };
  const streaming = codeOf(vader.peer.stream("a", sink, { signal }));
  await begun.promise;
  stopping.abort();
  assertEquals(await streaming, "interrupted");
});

Deno.test("what the reader throws ends it", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", PATIENT);
  await using hans = await HostileSource.join(index, "hans", FILE);
  await hans.publish("a");
  const sink = () => Promise.reject(new BitTrickleError("reader_gone", "it has left"));
  await assertRejects(() => vader.peer.stream("a", sink), BitTrickleError, "it has left");
});

Deno.test("a file that has changed before its first byte is the new one", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", PATIENT);
  await using hans = await TestPeer.join(index, "hans");
  await hans.folder.write("a", someBytes(2 * PIECE_BYTES, 1));
  await hans.peer.pub("a");
  const content = someBytes(3 * PIECE_BYTES, 2);
  await hans.folder.write("a", content);
  assertEquals(await read(vader), content);
});

Deno.test("a file that changes later is an error: two are not mixed", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", PATIENT);
  await using hans = await TestPeer.join(index, "hans");
  await hans.folder.write("a", FILE.content);
  await hans.peer.pub("a");
  let size = 0;
  const streaming = vader.peer.stream("a", async (bytes) => {
    if (size === 0) await hans.folder.write("a", someBytes(20 * PIECE_BYTES, 2));
    assertEquals(bytes, FILE.content.subarray(size, size += bytes.length));
  });
  assertEquals(await codeOf(streaming), "changed");
  assert(size < FILE.size);
});

Deno.test("a reader may wait until its source has closed all connections", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader", PATIENT);
  await using hans = await TestPeer.join(index, "hans", { stallMs: 50 });
  await hans.folder.write("a", FILE.content);
  await hans.peer.pub("a");
  const parts: Uint8Array[] = [];
  const notes: string[] = [];
  const sink = async (bytes: Uint8Array) => {
    const began = performance.now();
    const isOver = () => parts.length % 8 > 0 || performance.now() - began > 1_000;
    await waitFor("the sources to hang up", isOver);
    parts.push(bytes);
  };
  await vader.peer.stream("a", sink, { onNote: (note) => notes.push(note) });
  assertEquals(
    new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer()),
    FILE.content,
  );
  assertEquals(notes, []);
});
