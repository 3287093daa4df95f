import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { PieceFile } from "../../../lib/peer/download/piece_file.ts";
import { Target } from "../../../lib/peer/download/target.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { hashPiece, idOf } from "../../../lib/protocol/merkle.ts";
import { someBytes } from "../../support/bytes.ts";
import { HASHER } from "../../support/hashed.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const PIECES = [someBytes(PIECE_BYTES, 1), someBytes(PIECE_BYTES, 2), someBytes(1_000, 3)];
const LAYER = new Uint8Array(PIECES.flatMap((piece) => [...hashPiece(piece, false)]));
const WANTED = { size: 2 * PIECE_BYTES + 1_000, id: idOf(LAYER) };
const PART = `.big.${WANTED.id.slice(0, 8)}-${WANTED.size}.part`;
const [COPY, THIRD] = [2, 3].map((copy) => PART.replace(/part$/, `${copy}.part`));
/** What a kill in the middle of the first piece leaves. */
const TORN = PIECES[0]!.subarray(0, 10_000);

function open(folder: TempFolder): Promise<PieceFile> {
  return PieceFile.open(new Target(folder.path, "big"), WANTED, LAYER, { hasher: HASHER });
}

Deno.test("what an earlier try left counts once it is verified", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  {
    using part = await open(folder);
    await part.write(1, PIECES[1]!);
    await part.write(0, PIECES[2]!); // Not what belongs there.
  }
  using again = await open(folder);
  assertEquals(again.had, [false, true, false]);
  await again.write(0, PIECES[0]!);
  await again.write(2, PIECES[2]!);
  await again.finish(false);
  assertEquals(await folder.names(), ["big"]);
});

Deno.test("a file that anybody may have is never taken for a part", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  for (const name of ["big.part", PART.slice(1)]) await folder.write(name, PIECES[0]!);
  using part = await open(folder);
  assertEquals(part.had, [false, false, false]);
  assertEquals(await folder.names(), [PART, PART.slice(1), "big.part"].sort());
  assertEquals(await Deno.readFile(folder.pathOf("big.part")), PIECES[0]!);
});

Deno.test("two contents of one id have two part files", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const layer = PIECES.slice(0, 2).flatMap((piece) => [...hashPiece(piece, false)]);
  const large = { size: 2 * PIECE_BYTES, id: idOf(new Uint8Array(layer)) };
  const hashes = { size: layer.length, id: large.id };
  const target = new Target(folder.path, "big");
  {
    using part = await PieceFile.open(target, large, new Uint8Array(layer), { hasher: HASHER });
    await part.write(0, PIECES[0]!);
  }
  {
    using part = await PieceFile.open(target, hashes, Uint8Array.fromHex(large.id), {
      hasher: HASHER,
    });
    assertEquals(part.had, [false]);
    await part.write(0, new Uint8Array(layer));
    await part.finish(false);
  }
  using again = await PieceFile.open(target, large, new Uint8Array(layer), { hasher: HASHER });
  assertEquals(again.had, [true, false]);
});

Deno.test("a kill within the first piece does not end all further tries", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await folder.write(PART, TORN);
  using part = await open(folder);
  assertEquals(part.had, [false, false, false]);
  for (const [i, piece] of PIECES.entries()) await part.write(i, piece);
  await part.finish(false);
  assertEquals((await Deno.stat(folder.pathOf("big"))).size, WANTED.size);
});

Deno.test(
  "downloads of one file have part files of their own, up to a number",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    using _one = await open(folder);
    using _two = await open(folder);
    using _three = await open(folder);
    using _four = await open(folder);
    const { code } = await assertRejects(() => open(folder), BitTrickleError);
    assertEquals(code, "exists");
  },
);

Deno.test(
  "who comes second to the end keeps the first one's file, and leaves nothing",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    using one = await open(folder);
    using other = await open(folder);
    await folder.write(THIRD!, TORN);
    for (const part of [one, other]) {
      for (const [i, piece] of PIECES.entries()) await part.write(i, piece);
    }
    const state = await one.finish(false);
    assertEquals(await folder.names(), [COPY!, "big"]);
    assertEquals(await other.finish(false), state);
    assertEquals(await folder.names(), ["big"]);
  },
);

Deno.test("who comes second to another file with the name replaces nothing", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  using part = await open(folder);
  for (const [i, piece] of PIECES.entries()) await part.write(i, piece);
  await folder.write("big", new Uint8Array(WANTED.size));
  const { code } = await assertRejects(() => part.finish(false), BitTrickleError);
  assertEquals(code, "exists");
  assertEquals(await folder.names(), [PART, "big"]);
});

Deno.test(
  "what is left of a content that was replaced counts for the new one",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    const target = new Target(folder.path, "big");
    {
      using part = await open(folder);
      for (const i of [0, 1]) await part.write(i, PIECES[i]!);
    }
    const shorter = [PIECES[0]!, someBytes(2_000, 4)];
    const layer = new Uint8Array(shorter.flatMap((piece) => [...hashPiece(piece, false)]));
    const young = { size: PIECE_BYTES + 2_000, id: idOf(layer) };
    {
      using part = await PieceFile.open(target, young, layer, { hasher: HASHER, replaces: WANTED });
      assertEquals(part.had, [true, false]);
      assertEquals((await folder.names()).length, 1, "nothing of the old one is left");
      await part.write(1, shorter[1]!);
      await part.finish(false);
    }
    assertEquals(await folder.names(), ["big"]);
  },
);

Deno.test(
  "a part of a replaced content that another download is at work on stays",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    using old = await open(folder);
    const layer = hashPiece(PIECES[2]!, true);
    const young = { size: 1_000, id: idOf(layer) };
    const target = new Target(folder.path, "big");
    using part = await PieceFile.open(target, young, layer, { hasher: HASHER, replaces: WANTED });
    assertEquals([part.had, (await folder.names()).length], [[false], 2]);
    await old.write(0, PIECES[0]!);
    assertEquals((await Deno.stat(folder.pathOf(PART))).size, PIECE_BYTES);
  },
);
