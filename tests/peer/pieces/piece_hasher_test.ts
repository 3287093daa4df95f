/**
 * Hashing in a thread: the same hashes, buffers that come back, and no thread left over, whatever
 * happens to it.
 *
 * @module
 */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { type HashedPiece, PieceHasher } from "../../../lib/peer/pieces/piece_hasher.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { hashPiece } from "../../../lib/protocol/merkle.ts";
import { someBytes } from "../../support/bytes.ts";
import { untilInThread } from "../../support/in_thread.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { waitFor } from "../../support/wait_for.ts";

/** The runtime reads the thread's code from there. */
const ON_DISK = { ignore: !MAY_USE_DISK };
const READY = 'postMessage("ready");';
/** Breaks down with the second request. */
const BREAKS = `let asked = 0; onmessage = ({ data: { piece } }) => {
  if (++asked === 2) throw new Error("a test wants it");
  postMessage({ hash: new Uint8Array(32), piece }, [piece.buffer]);
};`;
const SILENT = "onmessage = () => {};";

/** Starts threads that run `source`, and counts them and their breakdowns. */
function threads(source: string) {
  const counts = { started: 0, broken: 0 };
  const start = () => {
    const url = `data:application/javascript,${encodeURIComponent(source)}`;
    const worker = new Worker(url, { type: "module" });
    worker.addEventListener("error", () => counts.broken++);
    counts.started++;
    return worker;
  };
  return { counts, start };
}

Deno.test("a thread hashes as the caller would, and gives the buffer back", ON_DISK, async () => {
  using hasher = new PieceHasher();
  const hashed = await untilInThread(hasher);
  assertEquals(hashed.piece, someBytes(PIECE_BYTES));
  assertEquals(hashed.hash.toHex(), hashPiece(hashed.piece, false).toHex());
  const pieces = [1, 2, 3].map((seed) => someBytes(PIECE_BYTES, seed));
  const expected = pieces.map((piece) => hashPiece(piece, true).toHex());
  const answers = await Promise.all(pieces.map((piece) => hasher.hash(piece, true)));
  assertEquals(answers.map(({ hash }) => hash.toHex()), expected);
});

Deno.test("a buffer that holds something else as well stays where it is", ON_DISK, async () => {
  using hasher = new PieceHasher({ startAfter: 0 });
  await untilInThread(hasher);
  const buffer = someBytes(PIECE_BYTES + 1);
  for (const piece of [buffer.subarray(1), buffer.subarray(0, 1_000), buffer, new Uint8Array()]) {
    const before = piece.slice();
    const hashed = await hasher.hash(piece, false);
    assertEquals([piece, hashed.piece, hashed.hash], [before, before, hashPiece(before, false)]);
  }
});

Deno.test("few pieces start no thread, however many bytes they are", async () => {
  const { counts, start } = threads(READY);
  using hasher = new PieceHasher({ start });
  for (let i = 0; i < 10; i++) await hasher.hash(someBytes(PIECE_BYTES), false);
  for (let i = 0; i < 100; i++) await hasher.hash(someBytes(100), true);
  assertEquals(counts.started, 0);
});

Deno.test("a thread that breaks down fails what it had, and another takes its place", async () => {
  const { counts, start } = threads(READY + BREAKS);
  using hasher = new PieceHasher({ start, startAfter: 0 });
  await untilInThread(hasher);
  const hashing = [1, 2].map((seed) => hasher.hash(someBytes(PIECE_BYTES, seed), false));
  for (const one of hashing) {
    const { message } = await assertRejects(() => one, Error);
    assertStringIncludes(message, "The thread that verifies pieces has broken down");
    assertStringIncludes(message, "a test wants it");
  }
  await untilInThread(hasher);
  assertEquals(counts.started, 2);
});

Deno.test("if no thread can be started, the caller hashes, and none is tried again", async () => {
  const { counts, start } = threads('throw new Error("a test wants it");');
  using hasher = new PieceHasher({ start, startAfter: 0 });
  const piece = someBytes(PIECE_BYTES);
  const hash = hashPiece(piece, false).toHex();
  await hasher.hash(piece, false);
  await waitFor("the thread to break down", () => counts.broken > 0);
  for (let i = 0; i < 3; i++) assertEquals((await hasher.hash(piece, false)).hash.toHex(), hash);
  assertEquals(counts.started, 1);
});

Deno.test("what a thread has not answered ends with it; the caller goes on alone", async () => {
  const { counts, start } = threads(READY + SILENT);
  const hasher = new PieceHasher({ start, startAfter: 0 });
  const pending: Promise<HashedPiece>[] = [];
  await waitFor("the thread to start", () => {
    const piece = someBytes(PIECE_BYTES);
    pending.push(hasher.hash(piece, false));
    return piece.length === 0;
  });
  hasher[Symbol.dispose]();
  const { code } = await assertRejects(() => pending.at(-1)!, BitTrickleError);
  assertEquals(code, "interrupted");
  const { hash } = await hasher.hash(someBytes(PIECE_BYTES), false);
  assertEquals(hash, hashPiece(someBytes(PIECE_BYTES), false));
  assertEquals(counts.started, 1);
});
