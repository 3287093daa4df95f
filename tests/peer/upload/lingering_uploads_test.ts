/**
 * A download that is complete is served on to those who fetch it already.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { withTimeout } from "../../../lib/async/with_timeout.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { LINGER_MS, UnfinishedFiles } from "../../../lib/peer/share/unfinished_files.ts";
import { someBytes } from "../../support/bytes.ts";
import { FakeUnfinishedFile } from "../../support/fake_unfinished_file.ts";
import { hashed, piecesIn } from "../../support/hashed.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestUploads } from "../../support/test_uploads.ts";
import { TransferAsker } from "../../support/transfer_asker.ts";
import { waitFor } from "../../support/wait_for.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const FILE = hashed(someBytes(2 * PIECE_BYTES));

/** Waits for the end of lingering, for much less time than it may take. */
async function soon(lingering: Promise<void>): Promise<void> {
  assert(await withTimeout(lingering.then(() => true), LINGER_MS / 4), "it does not end");
}

/** A source whose download is complete, while vader and yoda fetch it. */
class Scene implements AsyncDisposable {
  private constructor(
    readonly sharing: TestUploads,
    readonly file: FakeUnfinishedFile,
    readonly vader: TransferAsker,
    readonly yoda: TransferAsker,
  ) {}

  static async make(lingerMs?: number): Promise<Scene> {
    const unfinishedFiles = new UnfinishedFiles(lingerMs);
    const sharing = await TestUploads.open({ unfinishedFiles });
    const file = new FakeUnfinishedFile(FILE, [0]);
    unfinishedFiles.add(file);
    const [vader, yoda] = await Promise.all(["vader", "yoda"].map(async (user) => {
      const asker = await TransferAsker.connect(sharing, sharing.pass(user, FILE.id, FILE.size));
      assertEquals(await asker.have(0, 2), [0]);
      return asker;
    }));
    return new Scene(sharing, file, vader!, yoda!);
  }

  /** Completes the download, and lets it linger; what comes first is resolved when that is over. */
  async finish(): Promise<[lingering: Promise<void>]> {
    const { sharing: { folder, published, unfinishedFiles }, file } = this;
    await folder.write("a", FILE.content);
    const state = await published.folder.check("a");
    const { id, layer } = FILE;
    return [unfinishedFiles.linger(file, { name: "a", id, layer, state })];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const asker of [this.vader, this.yoda]) asker[Symbol.dispose]();
    await this.sharing[Symbol.asyncDispose]();
  }
}

Deno.test("a complete download is served from its file until all have left", ON_DISK, async () => {
  await using scene = await Scene.make();
  const { sharing, vader, yoda } = scene;
  const [lingering] = await scene.finish();
  assertEquals(await vader.have(0, 2), [0, 1]);
  const { records } = await vader.ask({ verb: "pieces", first: 0, count: 2 });
  assertEquals(piecesIn(FILE.content, records), [0, 1]);
  vader[Symbol.dispose]();
  assertEquals(await yoda.choice(1), "503", "it is the same source as before");
  assertEquals(await yoda.replyTo({ verb: "pieces", first: 1, count: 1 }), "200 1");
  assertEquals(sharing.unfinishedFiles.isLingering, true);
  yoda[Symbol.dispose]();
  await soon(lingering);
  assertEquals(sharing.unfinishedFiles.isLingering, false);
});

Deno.test("who goes on to another file fetches the first no more", ON_DISK, async () => {
  await using scene = await Scene.make();
  const { sharing, vader, yoda } = scene;
  const other = await sharing.share("other", "x");
  const [lingering] = await scene.finish();
  yoda[Symbol.dispose]();
  const { ticket } = sharing.pass("vader", other.id);
  assertEquals(await vader.replyTo({ verb: "layer", ticket }), "200 1");
  await soon(lingering);
});

Deno.test("a read that the end of the download breaks goes on in its file", ON_DISK, async () => {
  await using scene = await Scene.make();
  const { sharing, file, vader } = scene;
  file.onRead = async () => {
    await scene.finish();
    throw new Deno.errors.BadResource("the part file is closed");
  };
  const { records } = await vader.ask({ verb: "pieces", first: 0, count: 1 });
  assertEquals(piecesIn(FILE.content, records), [0]);
  assertEquals(sharing.unfinishedFiles.isLingering, true);
});

Deno.test("a file that is changed lingers no more, and nothing is published", ON_DISK, async () => {
  await using scene = await Scene.make();
  const { sharing, vader } = scene;
  const [lingering] = await scene.finish();
  await sharing.folder.write("a", "something else");
  assertEquals(await vader.choice(1), "410");
  await soon(lingering);
  assertEquals(await vader.choice(1), "404");
  assertEquals(sharing.changed, []);
});

Deno.test("who leaves waits for those who fetch, as long as they may", ON_DISK, async () => {
  await using scene = await Scene.make(300);
  const { sharing, vader, yoda } = scene;
  const [lingering] = await scene.finish();
  const began = performance.now();
  const closing = sharing.uploads.close(5_000);
  assertEquals(await vader.choice(1), 1, "it is served on");
  assertEquals(await yoda.choice(0), 0);
  assertEquals(await closing, 0);
  const took = performance.now() - began;
  assert(took > 250 && took < 4_000, `it took ${took} ms`);
  await soon(lingering);
});

Deno.test("who leaves waits no longer once nobody fetches", ON_DISK, async () => {
  await using scene = await Scene.make(60_000);
  const { sharing, vader, yoda } = scene;
  await scene.finish();
  const closing = sharing.uploads.close(5_000);
  assertEquals(await vader.choice(1), 1);
  for (const asker of [vader, yoda]) asker[Symbol.dispose]();
  assertEquals(await closing, 0);
});

Deno.test("who leaves at once waits for nobody", ON_DISK, async () => {
  await using scene = await Scene.make(60_000);
  const { sharing, vader } = scene;
  const [lingering] = await scene.finish();
  assertEquals(await sharing.uploads.close(0), 0);
  await soon(lingering);
  assertEquals((await vader.receive()).reply, "end");
});

Deno.test("lingering that is ended lets a client go that waits for it", ON_DISK, async () => {
  await using scene = await Scene.make(60_000);
  const { sharing, vader } = scene;
  await scene.finish();
  const closing = sharing.uploads.close(5_000);
  assertEquals(await vader.choice(1), 1);
  sharing.unfinishedFiles.close();
  assertEquals(await closing, 0);
  await waitFor("the end", () => !sharing.unfinishedFiles.isLingering);
});
