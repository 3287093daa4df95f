import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { PieceFile } from "../../lib/peer/piece_file.ts";
import { Target } from "../../lib/peer/target.ts";
import { PIECE_BYTES } from "../../lib/protocol/limits.ts";
import { hashPiece, idOf } from "../../lib/protocol/merkle.ts";
import { someBytes } from "../support/bytes.ts";
import { MAY_USE_DISK } from "../support/permission.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const PIECES = [someBytes(PIECE_BYTES, 1), someBytes(PIECE_BYTES, 2), someBytes(1_000, 3)];
const LAYER = new Uint8Array(PIECES.flatMap((piece) => [...hashPiece(piece, false)]));
const WANTED = { size: 2 * PIECE_BYTES + 1_000, id: idOf(LAYER) };
const MARKED = `big.${WANTED.id.slice(0, 8)}.part`;
/** What a kill in the middle of the first piece leaves. */
const TORN = PIECES[0]!.subarray(0, 10_000);

function open(folder: TempFolder): Promise<PieceFile> {
  return PieceFile.open(new Target(folder.path, "big"), WANTED, LAYER);
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

Deno.test("a file that is no part of it stays as it is", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await folder.write("big.part", "mine");
  using part = await open(folder);
  assertEquals(part.had, [false, false, false]);
  assertEquals(await folder.names(), [MARKED, "big.part"]);
  assertEquals(await Deno.readTextFile(folder.pathOf("big.part")), "mine");
});

Deno.test("a longer file that begins like it is no part of it", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const mine = new Uint8Array(WANTED.size + 1);
  mine.set(PIECES[0]!);
  await folder.write("big.part", mine);
  using part = await open(folder);
  await part.write(1, PIECES[1]!);
  assertEquals(await folder.names(), [MARKED, "big.part"]);
  assertEquals(await Deno.readFile(folder.pathOf("big.part")), mine);
});

Deno.test("two kills within the first piece do not end all further tries", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await folder.write("big.part", TORN);
  await folder.write(MARKED, TORN);
  using part = await open(folder);
  assertEquals(part.had, [false, false, false]);
  for (const [i, piece] of PIECES.entries()) await part.write(i, piece);
  await part.finish(false);
  assertEquals((await Deno.stat(folder.pathOf("big"))).size, WANTED.size);
});

Deno.test("a part that another download is at work on is not shared", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  using _one = await open(folder);
  using _other = await open(folder);
  const { code } = await assertRejects(() => open(folder), BitTrickleError);
  assertEquals(code, "exists");
});
