/**
 * Files that change after they were published: nobody gets a mixture, and the source publishes anew.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { lstat } from "node:fs/promises";
import { BitTrickleError } from "../../../lib/errors.ts";
import { FileMemory } from "../../../lib/peer/share/file_memory.ts";
import { stateFrom } from "../../../lib/peer/share/file_state.ts";
import { formatBytes } from "../../../lib/protocol/format_bytes.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import type { DownloadState } from "../../../lib/peer/download/transfer_state.ts";
import { sha256Of, someBytes } from "../../support/bytes.ts";
import { hashed } from "../../support/hashed.ts";
import { sizeOf, TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { TestIndex } from "../../support/test_index.ts";
import { TestMemory } from "../../support/test_memory.ts";
import { waitFor } from "../../support/wait_for.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
/** What ends sooner ends because there is nothing to wait for. */
const PATIENT = { stallMs: 5_000, patienceMs: 20_000 };

for (const size of [5_000, 1.5 * PIECE_BYTES]) {
  Deno.test(`a changed file of ${size} bytes is published anew, and fetched`, ON_DISK, async () => {
    const [changes, notes]: [unknown[], string[]] = [[], []];
    const onChanged = (name: string, error: unknown) => void changes.push([name, error]);
    await using index = new TestIndex();
    await using hans = await TestPeer.join(index, "hans", { onChanged });
    await using vader = await TestPeer.join(index, "vader", { ...PATIENT });
    await hans.folder.write("a", someBytes(size));
    await hans.peer.pub("a");
    const changed = someBytes(size + 1, 2);
    await hans.folder.write("a", changed);
    const gotten = await vader.peer.get("a", { onNote: (note) => notes.push(note) });
    assertEquals(changes, [["a", undefined]]);
    assertEquals(sizeOf(gotten), changed.length);
    assertEquals(notes.length, 1);
    assertStringIncludes(
      notes[0]!,
      `(${formatBytes(size + 1)}, id ${hashed(changed).id.slice(0, 8)}`,
    );
    assertEquals(await Deno.readFile(vader.folder.pathOf("a")), changed);
    assertEquals(await vader.folder.names(), ["a"]);
  });
}

/** Waits until a change of the file at `path` shows in its status, which tells whole seconds. */
async function nextSecond(path: string): Promise<void> {
  const { ctime } = await Deno.stat(path);
  await waitFor("another second", () => Date.now() - ctime!.getTime() > 1_000);
}

Deno.test(
  "a file that was rewritten with size and time kept is published anew",
  ON_DISK,
  async () => {
    const changes: unknown[] = [];
    const onChanged = (name: string, error: unknown) => void changes.push([name, error]);
    await using index = new TestIndex();
    await using hans = await TestPeer.join(index, "hans", { onChanged });
    await using vader = await TestPeer.join(index, "vader", { stallMs: 5_000 });
    const path = await hans.folder.write("a", someBytes(5_000));
    await hans.peer.pub("a");
    const { atime, mtime } = await Deno.stat(path);
    await nextSecond(path);
    await hans.folder.write("a", someBytes(5_000, 2));
    await Deno.utime(path, atime!, mtime!);
    assertEquals((await Deno.stat(path)).mtime, mtime);

    await waitFor("the new publication", async () => {
      await vader.peer.get("a").catch(() => {});
      return changes.length > 0;
    });
    assertEquals(changes, [["a", undefined]]);
    await vader.peer.get("a");
    assertEquals(await Deno.readFile(vader.folder.pathOf("a")), someBytes(5_000, 2));
  },
);

Deno.test(
  "a file of which only the mode changed goes on, and nothing is told",
  ON_DISK,
  async () => {
    const changes: unknown[] = [];
    const onChanged = (name: string, error: unknown) => void changes.push([name, error]);
    await using index = new TestIndex();
    await using hans = await TestPeer.join(index, "hans", { onChanged });
    await using vader = await TestPeer.join(index, "vader", { stallMs: 5_000 });
    const path = await hans.folder.write("a", someBytes(5_000));
    await hans.peer.pub("a");
    await nextSecond(path);
    await Deno.chmod(path, 0o600);
    await waitFor("the file", async () => {
      const gotten = await vader.peer.get("a").catch(() => undefined);
      return gotten?.kind === "downloaded";
    });
    assertEquals(changes, []);
  },
);

Deno.test("a hash that is wrong is computed again when that is asked for", ON_DISK, async () => {
  using memory = FileMemory.inMemory();
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans", { memory });
  const path = await Deno.realPath(await hans.folder.write("a", "a"));
  await hans.peer.pub("a");
  const [right] = (await hans.peer.lpf()).details!;
  const state = stateFrom(await lstat(path, { bigint: true }));
  const wrong = hashed(someBytes(1));
  memory.remember(path, { id: wrong.id, layer: wrong.layer, state });
  await hans.peer.pub("a");
  assertEquals((await hans.peer.lpf()).details![0]?.id, wrong.id);
  await hans.peer.pub("a", { fresh: true });
  assertEquals((await hans.peer.lpf()).details![0], right);
});

Deno.test("a file that changes during its download is fetched as it is then", ON_DISK, async () => {
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans");
  await using vader = await TestPeer.join(index, "vader", { ...PATIENT });
  const [first, second] = [someBytes(24 * PIECE_BYTES), someBytes(20 * PIECE_BYTES, 2)];
  await hans.folder.write("a", first);
  await hans.peer.pub("a");
  let written: Promise<unknown> | undefined;
  const onProgress = ({ bytes }: DownloadState) => {
    if (bytes > PIECE_BYTES) written ??= hans.folder.write("a", second);
  };
  const gotten = await vader.peer.get("a", { onProgress });
  await written;
  // To show the difference between so many bytes would take all day.
  assertEquals(await sha256Of(vader.folder.pathOf("a")), await sha256Of(hans.folder.pathOf("a")));
  assertEquals([sizeOf(gotten), await vader.folder.names()], [second.length, ["a"]]);
});

Deno.test("a file that is emptied to be written anew is not fetched empty", ON_DISK, async () => {
  using memory = FileMemory.inMemory();
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans", { memory });
  await using vader = await TestPeer.join(index, "vader", { ...PATIENT });
  const path = await Deno.realPath(await hans.folder.write("a", someBytes(5_000)));
  await hans.peer.pub("a");
  await Deno.truncate(path);
  const getting = vader.peer.get("a");
  const empty = hashed(new Uint8Array()).id;
  await waitFor("the empty file to be read", () => memory.lastIdentityOf(path)?.id === empty);
  await hans.folder.write("a", someBytes(6_000, 2));
  assertEquals(sizeOf(await getting), 6_000);
});

Deno.test("a file that was changed without a sign is hashed again when told", ON_DISK, async () => {
  const changes: unknown[] = [];
  const onChanged = (_: string, error: unknown) => void changes.push(error);
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans", { onChanged });
  await using vader = await TestPeer.join(index, "vader", { ...PATIENT });
  const changed = someBytes(2.5 * PIECE_BYTES, 2);
  await hans.folder.write("a", someBytes(2.5 * PIECE_BYTES));
  await hans.peer.pub("a");
  const { atime, mtime } = await Deno.stat(hans.folder.pathOf("a"));
  await hans.folder.write("a", changed);
  await Deno.utime(hans.folder.pathOf("a"), atime!, mtime!);
  await vader.peer.get("a");
  assertEquals(changes, [undefined]);
  assertEquals(await Deno.readFile(vader.folder.pathOf("a")), changed);
});

Deno.test("a get by its id waits for nobody who has changed the file", ON_DISK, async () => {
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans");
  await using vader = await TestPeer.join(index, "vader", { ...PATIENT });
  await hans.folder.write("a", "before");
  await hans.peer.pub("a");
  const { details } = await hans.peer.lpf();
  await hans.folder.write("a", "after that");
  const error = await assertRejects(() => vader.peer.get(details![0]!.id!), BitTrickleError);
  // What it is told depends on how quickly hans has published the new one.
  assert(error.code === "changed" || error.code === "not_found", error.code);
  assertStringIncludes(error.message, "hans: ");
});

Deno.test("a published file that is gone is told, with the reason", ON_DISK, async () => {
  const changes: unknown[] = [];
  await using index = new TestIndex();
  await using hans = await TestPeer.join(index, "hans", {
    onChanged: (_, error) => void changes.push(error),
  });
  await using vader = await TestPeer.join(index, "vader", { ...PATIENT });
  await hans.folder.write("a", "a");
  await hans.peer.pub("a");
  await Deno.remove(hans.folder.pathOf("a"));
  const error = await assertRejects(() => vader.peer.get("a"), BitTrickleError);
  assertEquals(error.code, "not_found");
  await waitFor("the word of it", () => changes.length > 0);
  assertEquals((changes[0] as BitTrickleError).code, "not_found");
  assertEquals(await vader.folder.names(), []);
});

for (const size of [5_000, 1.5 * PIECE_BYTES]) {
  Deno.test(`a file of ${size} bytes that was away for a while is served`, ON_DISK, async () => {
    await using index = new TestIndex();
    await using hans = await TestPeer.join(index, "hans");
    await using vader = await TestPeer.join(index, "vader");
    const path = await hans.folder.write("a", someBytes(size));
    await hans.peer.pub("a");
    await Deno.rename(path, `${path}.away`);
    const error = await assertRejects(() => vader.peer.get("a"), BitTrickleError);
    assertEquals(error.code, "not_found");
    await Deno.rename(`${path}.away`, path);
    // In another second than before it has to be read first.
    await waitFor("the file", async () => {
      return (await vader.peer.get("a").catch(() => undefined))?.kind === "downloaded";
    });
    assertEquals(await Deno.readFile(vader.folder.pathOf("a")), someBytes(size));
  });
}

Deno.test(
  "a file whose hash is not known any more is read when it is wanted",
  ON_DISK,
  async () => {
    await using state = await TempFolder.make();
    const path = state.pathOf("files.db");
    using memory = await FileMemory.open(path);
    await using index = new TestIndex();
    await using hans = await TestPeer.join(index, "hans", { memory });
    await using vader = await TestPeer.join(index, "vader", { ...PATIENT });
    await hans.folder.write("a", "a");
    await hans.peer.pub("a");
    TestMemory.ageHashes(path);
    (await TestMemory.open(path))[Symbol.dispose]();
    await vader.peer.get("a");
    assertEquals(await Deno.readTextFile(vader.folder.pathOf("a")), "a");
  },
);
