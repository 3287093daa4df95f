import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { PIECE_BYTES } from "../../lib/protocol/limits.ts";
import {
  HASH_BYTES,
  hashPiece,
  idOf,
  isLayerOf,
  isPieceOf,
  pieceBytes,
  pieceCount,
} from "../../lib/protocol/merkle.ts";
import { someBytes } from "../support/bytes.ts";
import vectors from "./vectors/merkle.json" with { type: "json" };

/** What the vectors were computed of. */
function content(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = 31 * i + 7 * (i >> 8) + 13 * (i >> 16);
  return bytes;
}

function layerOf(file: Uint8Array): Uint8Array {
  const layer = new Uint8Array(pieceCount(file.length) * HASH_BYTES);
  for (let i = 0; i < pieceCount(file.length); i++) {
    const piece = file.subarray(i * PIECE_BYTES, (i + 1) * PIECE_BYTES);
    layer.set(hashPiece(piece, file.length <= PIECE_BYTES), i * HASH_BYTES);
  }
  return layer;
}

for (const { size, id, sha256OfLayer } of vectors.vectors) {
  const name = `a file of ${size} bytes has the id and the layer that BitTorrent v2 gives it`;
  Deno.test({ name, permissions: "none" }, () => {
    const layer = layerOf(content(size));
    assertEquals(idOf(layer), id);
    assert(isLayerOf(layer, size, id));
    if (!sha256OfLayer) return;
    assertEquals(createHash("sha256").update(layer).digest("hex"), sha256OfLayer);
  });
}

Deno.test({ name: "an empty file has an id of its own", permissions: "none" }, () => {
  assertEquals(idOf(new Uint8Array()), "0".repeat(64));
  assert(isLayerOf(new Uint8Array(), 0, "0".repeat(64)));
});

Deno.test({ name: "pieces count up to the size of the file", permissions: "none" }, () => {
  assertEquals([0, 1, PIECE_BYTES, PIECE_BYTES + 1].map(pieceCount), [0, 1, 1, 2]);
  assertEquals(pieceBytes(PIECE_BYTES + 7, 0), PIECE_BYTES);
  assertEquals(pieceBytes(PIECE_BYTES + 7, 1), 7);
});

const FILE = someBytes(2 * PIECE_BYTES + 40_000);
const LAYER = layerOf(FILE);
const PIECE = FILE.subarray(2 * PIECE_BYTES);

Deno.test({ name: "isPieceOf() accepts the very piece and no other", permissions: "none" }, () => {
  assert(isPieceOf(LAYER, FILE.length, 2, PIECE));
  assert(!isPieceOf(LAYER, FILE.length, 1, PIECE), "swapped");
  assert(!isPieceOf(LAYER, FILE.length, 2, PIECE.subarray(1)), "short");
  assert(!isPieceOf(LAYER, FILE.length, 2, FILE.subarray(2 * PIECE_BYTES - 1)), "long");
  fc.assert(fc.property(fc.nat(PIECE.length * 8 - 1), (bit) => {
    const flipped = PIECE.with(bit >> 3, PIECE[bit >> 3]! ^ (1 << (bit & 7)));
    assert(!isPieceOf(LAYER, FILE.length, 2, flipped));
  }));
});

Deno.test({ name: "isLayerOf() accepts the very layer and no other", permissions: "none" }, () => {
  const id = idOf(LAYER);
  assert(isLayerOf(LAYER, FILE.length, id));
  assert(!isLayerOf(LAYER, 3 * PIECE_BYTES + 1, id), "of a longer file");
  assert(!isLayerOf(LAYER.subarray(HASH_BYTES), 2 * PIECE_BYTES, id), "cut");
  fc.assert(fc.property(fc.nat(LAYER.length * 8 - 1), (bit) => {
    const flipped = LAYER.with(bit >> 3, LAYER[bit >> 3]! ^ (1 << (bit & 7)));
    assert(!isLayerOf(flipped, FILE.length, id));
  }));
});
