/**
 * What may be in the way of a download's part file or come in its way: nothing of it is lost, and
 * what is not the file's never counts.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { PieceFile } from "../../../lib/peer/download/piece_file.ts";
import { Target } from "../../../lib/peer/download/target.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import type { DownloadState } from "../../../lib/peer/download/transfer_state.ts";
import { someBytes } from "../../support/bytes.ts";
import { hashed, HASHER } from "../../support/hashed.ts";
import { type Behaviour, HostileSource, onPieces } from "../../support/hostile_source.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { TestIndex } from "../../support/test_index.ts";
import { failureOf } from "../../support/failures.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const FILE = hashed(someBytes(3.5 * PIECE_BYTES));
const PART = `.a.${FILE.id.slice(0, 8)}-${FILE.size}.part`;
const COPIES = ["", ".2", ".3", ".4"].map((copy) => PART.replace(/\.part$/, `${copy}.part`));

/** hans, who has the file, vader, who wants it, and a folder outside of vader's. */
async function withPeers(
  run: (vader: TestPeer, hans: HostileSource, outside: TempFolder) => Promise<void>,
  behaviour: Behaviour = {},
): Promise<void> {
  await using outside = await TempFolder.make();
  await using index = new TestIndex();
  await using hans = await HostileSource.join(index, "hans", FILE, behaviour);
  await using vader = await TestPeer.join(index, "vader", { stallMs: 5_000 });
  await hans.publish("a");
  await run(vader, hans, outside);
}

async function assertComes(vader: TestPeer, rest: readonly string[] = []): Promise<void> {
  await vader.peer.get("a");
  assertEquals(await Deno.readFile(vader.folder.pathOf("a")), FILE.content);
  assertEquals(await vader.folder.names(), ["a", ...rest].sort());
}

Deno.test(
  "only what is wrong in a part file is fetched again",
  ON_DISK,
  () =>
    withPeers(async (vader, hans) => {
      const poisoned = FILE.content.slice();
      for (const at of [PIECE_BYTES, 3.5 * PIECE_BYTES - 1]) poisoned[at]! ^= 1;
      await vader.folder.write(PART, poisoned);
      await assertComes(vader);
      assertEquals(hans.askedPieces, [1, 3]);
    }),
);

Deno.test(
  "a part file that is too long is something else, and stays as it is",
  ON_DISK,
  () =>
    withPeers(async (vader) => {
      const long = new Uint8Array(FILE.size + 2 * PIECE_BYTES);
      long.set(FILE.content);
      await vader.folder.write(PART, long);
      await assertComes(vader, [PART]);
      assertEquals(await Deno.readFile(vader.folder.pathOf(PART)), long);
    }),
);

Deno.test(
  "a file that is called like a part file stays as it is",
  ON_DISK,
  () =>
    withPeers(async (vader) => {
      await vader.folder.write("a.part", "somebody's");
      await assertComes(vader, ["a.part"]);
      assertEquals(await Deno.readTextFile(vader.folder.pathOf("a.part")), "somebody's");
    }),
);

Deno.test("what is not a file of its own is not written to", ON_DISK, async (test) => {
  const obstacles: Record<string, (part: string, victim: string) => Promise<void>> = {
    "a symbolic link": (part, victim) => Deno.symlink(victim, part),
    "a hard link": (part, victim) => Deno.link(victim, part),
    "a folder": (part) => Deno.mkdir(part),
  };
  for (const [title, put] of Object.entries(obstacles)) {
    await test.step(title, () =>
      withPeers(async (vader, _, outside) => {
        // What is there looks like a part of the file, and is another's nevertheless.
        const theirs = FILE.content.with(0, FILE.content[0]! ^ 1);
        const victim = await outside.write("victim", theirs);
        await put(vader.folder.pathOf(PART), victim);
        await assertComes(vader, [PART]);
        assertEquals(await Deno.readFile(victim), theirs);
      }));
  }
});

Deno.test(
  "if all names of the part file are taken, nothing is touched",
  ON_DISK,
  () =>
    withPeers(async (vader) => {
      for (const name of COPIES) await vader.folder.makeFolder(name);
      const error = await failureOf(() => vader.peer.get("a"));
      assertEquals(error.code, "exists");
      assertStringIncludes(error.message, "is no part of it");
      await Deno.remove(vader.folder.pathOf(PART));
      await assertComes(vader, COPIES.slice(1));
    }),
);

Deno.test("a part file that is replaced during the transfer is not taken", ON_DISK, async () => {
  const replacing = Promise.withResolvers<void>();
  const script = onPieces(async (turn) => {
    if (turn.request.verb === "pieces" && turn.request.first === 3) await replacing.promise;
    await turn.send(...turn.records);
  });
  await withPeers(async (vader, _, outside) => {
    const victim = await outside.write("victim", "theirs");
    const part = vader.folder.pathOf(PART);
    const onProgress = ({ bytes }: DownloadState) => {
      if (bytes !== 3 * PIECE_BYTES) return;
      Deno.removeSync(part);
      Deno.symlinkSync(victim, part);
      replacing.resolve();
    };
    const error = await failureOf(() => vader.peer.get("a", { onProgress }));
    assertEquals(error.code, "disk");
    assertStringIncludes(error.message, "somebody replaced it during the download");
    assertEquals(await vader.folder.names(), [PART]);
    assertEquals(await Deno.readTextFile(victim), "theirs");
    await assertComes(vader, [PART]);
  }, { script });
});

Deno.test("a check of a part file that is stopped lets go of it", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const target = new Target(folder.path, "a");
  await folder.write(PART, FILE.content);
  const stopping = new AbortController();
  const { signal } = stopping;
  const checking = { hasher: HASHER, signal, onChecked: () => stopping.abort() };
  const error = await failureOf(() => PieceFile.open(target, FILE, FILE.layer, checking));
  assertEquals(error.code, "interrupted");
  using part = await PieceFile.open(target, FILE, FILE.layer, { hasher: HASHER });
  assertEquals(part.had, [true, true, true, true]);
});

Deno.test("what took the place of an empty part file is not removed", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  using part = await PieceFile.open(new Target(folder.path, "a"), FILE, FILE.layer, {
    hasher: HASHER,
  });
  await Deno.remove(folder.pathOf(PART));
  await folder.write(PART, "theirs");
  await part.removeIfEmpty();
  assertEquals(await folder.names(), [PART]);
});
