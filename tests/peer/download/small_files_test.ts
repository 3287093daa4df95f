/**
 * Small files of a tree: they come by a short way, and whatever closes it costs none of them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { PartCopies } from "../../../lib/peer/download/part_copies.ts";
import { Target } from "../../../lib/peer/download/target.ts";
import { DOWNLOAD_CONNECTIONS } from "../../../lib/protocol/download_limits.ts";
import { STALL_MS } from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";
import { CountedThreads } from "../../support/counted_threads.ts";
import { writeTree } from "../../support/file_tree.ts";
import { hashed } from "../../support/hashed.ts";
import {
  busyUntil,
  drip,
  HostileSource,
  onPieces,
  type Script,
  stall,
} from "../../support/hostile_source.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";
import { TestPeer } from "../../support/test_peer.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const FILE = hashed(someBytes(10_000));
const NAMES = ["t/a", "t/b", "t/c"];
/** With honest peers, who are silent for longer than others wait where the machine is busy. */
const PATIENT = { stallMs: STALL_MS, patienceMs: 30_000 };

const BAD: Readonly<Record<string, Script>> = {
  "sends something else": onPieces((turn) => turn.send(new Uint8Array(FILE.size))),
  "sends too little": onPieces((turn) => turn.send(new Uint8Array(1))),
  "has a queue that never moves": busyUntil(() => false),
  "sends byte by byte": onPieces(drip),
  "says nothing": onPieces(stall),
};

/** vader gets the tree from whoever is there, and has every file of it as it should be. */
async function getsAll(vader: TestPeer): Promise<void> {
  const { downloaded, failed } = await vader.peer.getTree("t/");
  assertEquals([downloaded.toSorted(), failed], [NAMES, []]);
  for (const name of NAMES) {
    assertEquals(await Deno.readFile(vader.folder.pathOf(name)), FILE.content);
  }
  assertEquals(await vader.folder.namesIn("t"), ["a", "b", "c"]);
}

for (const [title, script] of Object.entries(BAD)) {
  Deno.test(`a source that ${title} costs no small file`, ON_DISK, async () => {
    await using index = new TestIndex();
    await using vader = await TestPeer.join(index, "vader", { patienceMs: 10_000 });
    await using yoda = await HostileSource.join(index, "yoda", FILE, { script });
    await using hans = await HostileSource.join(index, "hans", FILE);
    for (const source of [yoda, hans]) {
      for (const name of NAMES) await source.publish(name);
    }
    await getsAll(vader);
  });
}

Deno.test("each small file is asked for once, and none a second time", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader");
  await using hans = await HostileSource.join(index, "hans", FILE);
  for (const name of NAMES) await hans.publish(name);
  await getsAll(vader);
  assertEquals(hans.askedPieces, [0, 0, 0]);
  assertEquals((await vader.peer.getTree("t/")).present.toSorted(), NAMES);
  assertEquals(hans.asked.length, NAMES.length);
});

Deno.test("those who want a connection at the same time share one", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader");
  await using hans = await HostileSource.join(index, "hans", FILE);
  const names = Array.from({ length: 30 }, (_, i) => `t/${i}`);
  for (const name of names) await hans.publish(name);
  assertEquals((await vader.peer.getTree("t/")).downloaded.length, names.length);
  assert(hans.connections <= DOWNLOAD_CONNECTIONS, `${hans.connections} connections`);
});

Deno.test("what a crash left of small files is neither taken nor left", ON_DISK, async () => {
  await using index = new TestIndex();
  await using vader = await TestPeer.join(index, "vader");
  await using hans = await HostileSource.join(index, "hans", FILE);
  for (const name of NAMES) await hans.publish(name);
  await vader.folder.makeFolder("t");
  const left = [FILE.content.subarray(0, 5_000), new Uint8Array(5_000), FILE.content];
  for (const [i, content] of left.entries()) {
    const target = new Target(vader.folder.path, NAMES[i]!);
    await Deno.writeFile(new PartCopies(target, FILE).paths[0]!, content);
  }
  await getsAll(vader);
  assertEquals(hans.askedPieces, [0, 0]);
});

/** The runner checks the types of a thread's code when it first starts; no heartbeat is sent then. */
async function checkTypesOfThreads(): Promise<void> {
  for (const name of ["download/small_disk", "share/small_reads", "share/look"]) {
    const url = new URL(`../../../lib/peer/${name}_worker.ts`, import.meta.url);
    const thread = new Worker(url, { type: "module" });
    await new Promise((resolve) => thread.onmessage = resolve);
    thread.terminate();
  }
}

Deno.test(
  "many are read and written in threads, which end with their clients",
  ON_DISK,
  async () => {
    await checkTypesOfThreads();
    using threads = new CountedThreads();
    const count = 200;
    {
      await using index = new TestIndex();
      await using hans = await TestPeer.join(index, "hans", PATIENT);
      await using vader = await TestPeer.join(index, "vader", PATIENT);
      await writeTree(hans.folder.pathOf("t"), count, FILE.size);
      assertEquals((await hans.peer.pubTree("t")).published.length, count);
      const { downloaded, failed } = await vader.peer.getTree("t/");
      assertEquals([downloaded.length, failed], [count, []]);
      for (const name of downloaded) {
        const [got, sent] = [vader, hans].map(({ folder }) => Deno.readFile(folder.pathOf(name)));
        assertEquals(await got, await sent);
      }
      assertEquals((await vader.peer.getTree("t/")).present.length, count);
    }
    assertEquals([threads.started, threads.ended], [3, 3]);
  },
);
