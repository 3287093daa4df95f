/**
 * Pieces are hashed while others are read: in their order, and no more of them than two in memory.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { hashPieces } from "../../../lib/peer/pieces/hash_pieces.ts";
import { PieceHasher } from "../../../lib/peer/pieces/piece_hasher.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";
import { hashed, HASHER, pieceOf } from "../../support/hashed.ts";
import { untilInThread } from "../../support/in_thread.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const FILE = hashed(someBytes(20.5 * PIECE_BYTES));

/** Hashes FILE, but pieces of which `read` is not told. Returns the hashes and the pieces they are of. */
async function hashesOf(hasher: PieceHasher, isThere: (index: number) => boolean) {
  const heard: [index: number, hash: string][] = [];
  await hashPieces(hasher, {
    size: FILE.size,
    count: 21,
    read: (index, piece) => {
      if (isThere(index)) piece.set(pieceOf(FILE.content, index));
      return Promise.resolve(isThere(index));
    },
    onHash: (index, hash) => heard.push([index, hash.toHex()]),
  });
  return heard;
}

/** The hash of each piece as the layer has it. */
const HASHES = Array.from({ length: 21 }, (_, i): [number, string] => {
  return [i, FILE.layer.slice(32 * i, 32 * (i + 1)).toHex()];
});

Deno.test(
  "hashes come in the order of the pieces, with a thread and without",
  ON_DISK,
  async () => {
    using threaded = new PieceHasher();
    await untilInThread(threaded);
    for (const hasher of [HASHER, threaded]) {
      assertEquals(await hashesOf(hasher, () => true), HASHES);
    }
  },
);

Deno.test("pieces that are not there have no hash", async () => {
  const isThere = (index: number) => index % 3 !== 1;
  assertEquals(await hashesOf(HASHER, isThere), HASHES.filter(([i]) => isThere(i)));
});

Deno.test("two pieces at most are in memory", ON_DISK, async () => {
  using hasher = new PieceHasher();
  await untilInThread(hasher);
  let [read, done, most] = [0, 0, 0];
  await hashPieces(hasher, {
    size: 20 * PIECE_BYTES,
    count: 20,
    read: () => {
      most = Math.max(most, ++read - done);
      return Promise.resolve(true);
    },
    onHash: () => done++,
  });
  assertEquals([read, done, most], [20, 20, 2]);
});

Deno.test("a signal, and a disk that fails, end it at once", async () => {
  const stopping = new AbortController();
  const file = { size: 3 * PIECE_BYTES, count: 3, onHash: () => stopping.abort() };
  const read = () => Promise.resolve(true);
  const { signal } = stopping;
  const hashing = () => hashPieces(HASHER, { ...file, read, signal });
  const { code } = await assertRejects(hashing, BitTrickleError);
  assertEquals(code, "interrupted");
  const fails = () => Promise.reject(new Deno.errors.BadResource("gone"));
  await assertRejects(() => hashPieces(HASHER, { ...file, read: fails }), Deno.errors.BadResource);
});
