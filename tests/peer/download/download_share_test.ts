/**
 * What others are told and served of a download.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { DownloadShare } from "../../../lib/peer/download/download_share.ts";
import { PartialDownload } from "../../../lib/peer/download/partial_download.ts";
import { Target } from "../../../lib/peer/download/target.ts";
import { UnfinishedFiles } from "../../../lib/peer/share/unfinished_files.ts";
import type { SessionRequest } from "../../../lib/peer/session/index_session.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";
import { type Hashed, hashed, HASHER, pieceOf } from "../../support/hashed.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { waitFor } from "../../support/wait_for.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const FILE = hashed(someBytes(3.5 * PIECE_BYTES));
const SMALL = hashed(someBytes(3 * PIECE_BYTES));

/** A download of `file` that is shared. */
class Setup implements AsyncDisposable {
  readonly unfinishedFiles = new UnfinishedFiles();
  /** What the index was told. */
  readonly told: string[] = [];
  readonly share: DownloadShare;
  isGone = false;

  private constructor(readonly folder: TempFolder, readonly file: Hashed) {
    const { unfinishedFiles } = this;
    const ask = (request: SessionRequest) => this.#hear(request);
    this.share = new DownloadShare({ ask, unfinishedFiles, content: file, name: "a" });
  }

  static async make(file = FILE): Promise<Setup> {
    return new Setup(await TempFolder.make(), file);
  }

  async open(): Promise<PartialDownload> {
    const { signal } = new AbortController();
    const options = { signal, hasher: HASHER, share: this.share };
    const target = new Target(this.folder.path, "a");
    return await PartialDownload.open(target, this.file, this.file.layer, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.unfinishedFiles.close();
    await this.folder[Symbol.asyncDispose]();
  }

  #hear(request: SessionRequest) {
    this.told.push(request.verb);
    if (this.isGone) return Promise.reject(new BitTrickleError("index_gone", "gone"));
    return Promise.resolve({ kind: "done" } as never);
  }
}

/** Adds the piece `index` as if hans had brought it. */
async function add(partial: PartialDownload, index: number): Promise<void> {
  partial.picker.claim(index, "hans");
  await partial.add(index, pieceOf(FILE.content, index).slice());
}

Deno.test(
  "a download is served from its first piece on, and told until it ends",
  ON_DISK,
  async () => {
    await using setup = await Setup.make();
    {
      await using partial = await setup.open();
      assertEquals(setup.unfinishedFiles.withContent(FILE), partial);
      assertEquals([0, 1, 9].map((piece) => partial.has(piece)), [false, false, false]);
      await add(partial, 1);
      assertEquals([0, 1].map((piece) => partial.has(piece)), [false, true]);
      assertEquals(await partial.read(1), pieceOf(FILE.content, 1));
      await setup.share.tell();
    }
    assertEquals(setup.unfinishedFiles.withContent(FILE), undefined);
    assertEquals(setup.told, ["have", "have", "lack"]);
  },
);

Deno.test("a complete download is served on while somebody fetches it", ON_DISK, async () => {
  await using setup = await Setup.make();
  await using partial = await setup.open();
  const fetching = setup.unfinishedFiles.fetch(FILE);
  for (let piece = 0; piece < 4; piece++) await add(partial, piece);
  await partial.finish(false);
  assertEquals(setup.unfinishedFiles.withContent(FILE), undefined);
  assertEquals(setup.unfinishedFiles.finishedWith(FILE)?.name, "a");
  assertEquals(setup.told, ["have"]);
  fetching[Symbol.dispose]();
  await waitFor("the index to be told", () => setup.told.includes("lack"));
});

Deno.test("a piece that is not what it was is fetched again", ON_DISK, async () => {
  await using setup = await Setup.make();
  await using partial = await setup.open();
  await add(partial, 1);
  partial.lose(1);
  partial.lose(1);
  assertEquals([partial.has(1), partial.bytes, partial.picker.left], [false, 0, 4]);
  await add(partial, 1);
  assertEquals([partial.has(1), partial.picker.left], [true, 3]);
});

Deno.test("a file of few pieces is not shared", ON_DISK, async () => {
  await using setup = await Setup.make(SMALL);
  {
    await using _partial = await setup.open();
    assertEquals(setup.unfinishedFiles.withContent(SMALL), undefined);
    await setup.share.tell();
  }
  assertEquals(setup.told, []);
});

Deno.test("a silent index does not hold up a download", ON_DISK, async () => {
  await using setup = await Setup.make();
  setup.isGone = true;
  await using partial = await setup.open();
  await setup.share.tell();
  await add(partial, 0);
  assert(partial.has(0));
});
