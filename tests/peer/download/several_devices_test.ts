/**
 * Fetching from users who serve from several devices: each is a source of its own.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import type { DownloadState } from "../../../lib/peer/download/transfer_state.ts";
import { someBytes } from "../../support/bytes.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TestIndex } from "../../support/test_index.ts";
import { sizeOf, TestPeer } from "../../support/test_peer.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const PATIENT = { stallMs: 5_000, patienceMs: 10_000 };

/** An index, two devices of hans, and vader. */
async function world(stack: AsyncDisposableStack) {
  const index = stack.use(new TestIndex());
  const laptop = stack.use(await TestPeer.join(index, "hans"));
  const lab = stack.use(await TestPeer.join(index, "hans"));
  const vader = stack.use(await TestPeer.join(index, "vader", PATIENT));
  return { laptop, lab, vader };
}

for (const size of [1_000, 1.5 * PIECE_BYTES]) {
  Deno.test(
    `a tree of files of ${size} bytes is got from both devices that have a part of it`,
    ON_DISK,
    async () => {
      await using stack = new AsyncDisposableStack();
      const { laptop, lab, vader } = await world(stack);
      for (const [device, names] of [[laptop, ["a", "c"]], [lab, ["b", "d"]]] as const) {
        await device.folder.makeFolder("tree");
        for (const name of names) {
          await device.folder.write(`tree/${name}`, someBytes(size, name.charCodeAt(0)));
        }
        await device.peer.pubTree("tree");
      }
      const { failed } = await vader.peer.getTree("tree");
      assertEquals(failed, []);
      assertEquals(await vader.folder.namesIn("tree"), ["a", "b", "c", "d"]);
    },
  );

  Deno.test(
    `a file of ${size} bytes that one device has changed is got from the other one`,
    ON_DISK,
    async () => {
      await using stack = new AsyncDisposableStack();
      const { laptop, lab, vader } = await world(stack);
      const content = someBytes(size);
      for (const { folder, peer } of [laptop, lab]) {
        await folder.write("a", content);
        await peer.pub("a");
      }
      const { id } = (await laptop.peer.lpf()).details![0]!;
      await laptop.folder.write("a", someBytes(size + 1, 2));
      for (const name of ["first", "second"]) {
        assertEquals(sizeOf(await vader.peer.get(`${id}:${size}`, { as: name })), size);
        assertEquals(await Deno.readFile(vader.folder.pathOf(name)), content);
      }
    },
  );
}

Deno.test("a download goes on at the other device when one is closed", ON_DISK, async () => {
  await using stack = new AsyncDisposableStack();
  const { laptop, lab, vader } = await world(stack);
  const content = someBytes(8.5 * PIECE_BYTES);
  for (const { folder, peer } of [laptop, lab]) {
    await folder.write("a", content);
    await peer.pub("a");
    peer.limits.up.bytesPerSecond = 4 * PIECE_BYTES;
  }
  let closing: Promise<unknown> | undefined;
  const onProgress = ({ bytes }: DownloadState) => {
    if (bytes > 2 * PIECE_BYTES) closing ??= laptop.peer.close(0);
  };
  assertEquals(sizeOf(await vader.peer.get("a", { onProgress })), content.length);
  await closing;
  assertEquals(await Deno.readFile(vader.folder.pathOf("a")), content);
});

Deno.test("--force brings to one device what another one has", ON_DISK, async () => {
  await using stack = new AsyncDisposableStack();
  const { laptop, lab } = await world(stack);
  for (const [{ folder }, content] of [[laptop, "new"], [lab, "old"]] as const) {
    await folder.makeFolder("tree");
    await folder.write("tree/a", content);
  }
  await laptop.peer.pubTree("tree");
  const { downloaded } = await lab.peer.getTree("tree", { force: true });
  assertEquals(downloaded, ["tree/a"]);
  assertEquals(await Deno.readTextFile(lab.folder.pathOf("tree/a")), "new");
});
