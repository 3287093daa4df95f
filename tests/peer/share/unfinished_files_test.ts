/**
 * Which unfinished files are served, and for how long one that is complete still is.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import type { SharedFile } from "../../../lib/peer/share/identity.ts";
import { LINGER_MS, UnfinishedFiles } from "../../../lib/peer/share/unfinished_files.ts";
import { someBytes } from "../../support/bytes.ts";
import { FakeUnfinishedFile } from "../../support/fake_unfinished_file.ts";
import { hashed } from "../../support/hashed.ts";

const PURE = { permissions: "none" } as const;
const FILE = hashed(someBytes(1_000));

/** The file, once it is complete. */
function finished(name = "a"): SharedFile {
  const { id, layer, size } = FILE;
  return { name, id, layer, state: { size, modified: 0n, changed: 0n, inode: 0n } };
}

/** Whether `lingering` is over by now. */
async function isOver(lingering: Promise<void>): Promise<boolean> {
  return await Promise.race([lingering.then(() => true), delay(0).then(() => false)]);
}

Deno.test(
  { name: "an unfinished file is found by its content until it is removed", ...PURE },
  () => {
    const files = new UnfinishedFiles();
    const [first, second] = [new FakeUnfinishedFile(FILE), new FakeUnfinishedFile(FILE)];
    files.add(first);
    files.add(second);
    assertEquals(files.withContent(FILE) === first, true);
    assertEquals(files.withContent({ id: FILE.id, size: FILE.size + 1 }), undefined);
    files.remove(first);
    assertEquals(files.withContent(FILE) === second, true, "another download of the same goes on");
    files.remove(first);
    files.remove(second);
    assertEquals(files.withContent(FILE), undefined);
  },
);

Deno.test({ name: "what nobody fetches does not linger", ...PURE }, async () => {
  const files = new UnfinishedFiles();
  const file = new FakeUnfinishedFile(FILE);
  files.add(file);
  files.fetch(FILE)[Symbol.dispose]();
  await files.linger(file, finished());
  assertEquals([files.withContent(FILE), files.finishedWith(FILE)], [undefined, undefined]);
});

Deno.test(
  { name: "a complete file lingers until the last who fetches it leaves", ...PURE },
  async () => {
    const files = new UnfinishedFiles();
    const file = new FakeUnfinishedFile(FILE);
    files.add(file);
    const fetchers = [files.fetch(FILE), files.fetch(FILE)];
    const lingering = files.linger(file, finished());
    assertEquals([files.withContent(FILE), files.finishedWith(FILE)?.name], [undefined, "a"]);
    fetchers[0]![Symbol.dispose]();
    assertEquals([await isOver(lingering), files.isLingering], [false, true]);
    const settled = files.settle();
    fetchers[1]![Symbol.dispose]();
    await Promise.all([lingering, settled]);
    assertEquals([files.finishedWith(FILE), files.isLingering], [undefined, false]);
  },
);

Deno.test({ name: "a complete file lingers no longer than it may", ...PURE }, async () => {
  assertEquals(LINGER_MS, 10_000);
  const files = new UnfinishedFiles(100);
  const file = new FakeUnfinishedFile(FILE);
  using _ = files.fetch(FILE);
  const began = performance.now();
  await files.linger(file, finished());
  const took = performance.now() - began;
  assert(took > 90, `it took ${took} ms`);
  assertEquals(files.isLingering, false);
});

Deno.test({ name: "closing ends what lingers at once, and leaves no timer", ...PURE }, async () => {
  const files = new UnfinishedFiles();
  const file = new FakeUnfinishedFile(FILE);
  const other = new FakeUnfinishedFile(hashed(someBytes(10)));
  files.add(other);
  using _ = files.fetch(FILE);
  const lingering = files.linger(file, finished());
  const began = performance.now();
  files.close();
  await lingering;
  assert(performance.now() - began < LINGER_MS / 4);
  files.add(file);
  assertEquals([files.withContent(FILE), files.withContent(other)], [undefined, undefined]);
  await files.linger(file, finished());
  await files.settle();
});

Deno.test(
  { name: "the second complete file of a content takes the first one's place", ...PURE },
  async () => {
    const files = new UnfinishedFiles();
    const file = new FakeUnfinishedFile(FILE);
    using _ = files.fetch(FILE);
    const [first, second] = [files.linger(file, finished("a")), files.linger(file, finished("b"))];
    await first;
    assertEquals(files.finishedWith(FILE)?.name, "b");
    files.forget(FILE);
    await second;
    assertEquals(files.finishedWith(FILE), undefined);
  },
);
