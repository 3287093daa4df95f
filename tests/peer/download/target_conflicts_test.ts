/**
 * Files that want the same place in a folder: each comes right, or says why not, and nothing of the
 * user's is lost.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import type { DownloadState } from "../../../lib/peer/download/transfer_state.ts";
import { someBytes } from "../../support/bytes.ts";
import { readTree } from "../../support/file_tree.ts";
import { hashed } from "../../support/hashed.ts";
import { type Behaviour, HostileSource, onPieces } from "../../support/hostile_source.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { TestIndex } from "../../support/test_index.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const FILE = hashed(someBytes(2.5 * PIECE_BYTES));

async function publishAll(member: TestPeer, files: Record<string, string | Uint8Array>) {
  for (const [name, content] of Object.entries(files)) {
    await Deno.mkdir(dirname(member.folder.pathOf(name)), { recursive: true });
    await member.folder.write(name, content);
    await member.peer.pub(name);
  }
}

Deno.test("a file and one that is called like its part are both right", ON_DISK, async () => {
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans");
  await using vader = await TestPeer.join(index, "vader");
  const large = someBytes(3 * PIECE_BYTES);
  // What others would take for a part of the first.
  const half = large.slice(0, 1.5 * PIECE_BYTES);
  const marked = (end: string) => `t/a.${hashed(large).id.slice(0, 8)}${end}.part`;
  const names = ["t/a.part", marked(""), marked(`-${large.length}`)];
  await publishAll(hans, { "t/a": large, ...Object.fromEntries(names.map((it) => [it, half])) });
  const tree = await vader.peer.getTree("t/");
  assertEquals([tree.failed, tree.downloaded.length], [[], 4]);
  assertEquals(await readTree(vader.folder.path), await readTree(hans.folder.path));

  // The user's own files of these names are no parts either.
  await Deno.remove(vader.folder.pathOf("t/a"));
  const again = await vader.peer.getTree("t/");
  assertEquals([again.failed, again.downloaded, again.present.length], [[], ["t/a"], 3]);
  assertEquals(await readTree(vader.folder.path), await readTree(hans.folder.path));
});

Deno.test("what is a file here and a folder there fails alone, and says so", ON_DISK, async () => {
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans");
  await using yoda = await TestPeer.join(index, "yoda");
  await using vader = await TestPeer.join(index, "vader");
  await publishAll(hans, { "t/file": "theirs", "t/z": "z" });
  await publishAll(yoda, { "t/folder/y": "y" });
  await Deno.mkdir(vader.folder.pathOf("t/file"), { recursive: true });
  await vader.folder.write("t/file/mine", "mine");
  await vader.folder.write("t/folder", "mine");
  for (const force of [false, true]) {
    const { downloaded, present, failed } = await vader.peer.getTree("t/", { force });
    assertEquals([...downloaded, ...present], ["t/z"]);
    const reasons = new Map(failed.map(({ name, reason }) => [name, reason]));
    assertEquals([...reasons.keys()].sort(), ["t/file", "t/folder/y"]);
    assertStringIncludes(reasons.get("t/file")!, "a folder of that name is already in the folder");
    assertStringIncludes(reasons.get("t/folder/y")!, '"t/folder" is a file here');
    assertEquals(await Deno.readTextFile(vader.folder.pathOf("t/file/mine")), "mine");
    assertEquals(await Deno.readTextFile(vader.folder.pathOf("t/folder")), "mine");
  }
});

Deno.test(
  "a folder that takes the name meanwhile is said to be one, even with force",
  ON_DISK,
  async () => {
    await using index = new TestIndex();
    await using vader = await TestPeer.join(index, "vader", { stallMs: 5_000 });
    await using hans = await HostileSource.join(index, "hans", FILE);
    await hans.publish("a");
    const onProgress = ({ bytes }: DownloadState) => {
      if (bytes > 0) Deno.mkdirSync(vader.folder.pathOf("a"), { recursive: true });
    };
    for (const force of [false, true]) {
      const reason = await vader.peer.get("a", { force, onProgress }).catch((error) =>
        error.message
      );
      assertStringIncludes(reason, "a folder of that name is already in the folder");
      await Deno.remove(vader.folder.pathOf("a"));
    }
  },
);

Deno.test("a shared folder that is a link serves and takes files", ON_DISK, async () => {
  await using index = new TestIndex();
  await using real = await TempFolder.make();
  await using outside = await TempFolder.make();
  const link = outside.pathOf("link");
  await Deno.symlink(real.path, link);
  await using hans = await TestPeer.join(index, "hans", { folder: link });
  await using vader = await TestPeer.join(index, "vader");
  await Deno.mkdir(real.pathOf("t"));
  await real.write("t/a", "a");
  await hans.peer.pub("t/a");
  await publishAll(vader, { "t/b": "b", "c": FILE.content });
  assertEquals((await hans.peer.getTree("t/")).downloaded, ["t/b"]);
  assertEquals((await hans.peer.get("c")).kind, "downloaded");
  assertEquals((await hans.peer.get("c")).kind, "present");
  assertEquals((await vader.peer.get("t/a")).kind, "downloaded");
  assertEquals(await real.names(), ["c", "t"]);
});

/** Two clients get one file into one folder at once. */
async function race(run: (vader: TestPeer, yoda: TestPeer) => Promise<void>): Promise<void> {
  // Nobody is served whole before both have begun.
  const both = Promise.withResolvers<void>();
  const begun = new Set<unknown>();
  const script = onPieces(async (turn) => {
    if (begun.add(turn.connection).size > 1) both.resolve();
    await both.promise;
    await turn.send(...turn.records);
  });
  const behaviour: Behaviour = { script };
  await using index = new TestIndex();
  await using hans = await HostileSource.join(index, "hans", FILE, behaviour);
  await hans.publish("a");
  await using vader = await TestPeer.join(index, "vader", { stallMs: 5_000 });
  const { path: folder } = vader.folder;
  await using yoda = await TestPeer.join(index, "yoda", { stallMs: 5_000, folder });
  await run(vader, yoda);
  assertEquals(await Deno.readFile(vader.folder.pathOf("a")), FILE.content);
  assertEquals(await vader.folder.names(), ["a"], "nothing else is left");
}

Deno.test(
  "two clients that get one file into one folder both have it",
  ON_DISK,
  () =>
    race(async (vader, yoda) => {
      const both = await Promise.all([vader.peer.get("a"), yoda.peer.get("a")]);
      assertEquals(both.map(({ kind }) => kind), ["downloaded", "downloaded"]);
    }),
);

Deno.test("so do two that may replace what is there", ON_DISK, () =>
  race(async (vader, yoda) => {
    await vader.folder.write("a", "old");
    const get = ({ peer }: TestPeer) => peer.get("a", { force: true });
    const both = await Promise.all([get(vader), get(yoda)]);
    assertEquals(both.map(({ kind }) => kind), ["downloaded", "downloaded"]);
  }));
