/**
 * What may happen to the place that a download goes to: nobody's bytes are lost, the message says
 * what is wrong, and the next try works.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { OnDownload } from "../../../lib/peer/download/transfer_state.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";
import { someBytes } from "../../support/bytes.ts";
import { hashed } from "../../support/hashed.ts";
import { HostileSource } from "../../support/hostile_source.ts";
import { TestPeer } from "../../support/test_peer.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { TestIndex } from "../../support/test_index.ts";
import { CAN_MOUNT, TinyDisk } from "../../support/tiny_disk.ts";
import { failureOf } from "../../support/failures.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const FILE = hashed(someBytes(2.5 * PIECE_BYTES));

/** vader, who wants the file that hans publishes as `name`, and a folder outside of vader's. */
async function withPeers(
  name: string,
  run: (vader: TestPeer, outside: TempFolder) => Promise<void>,
): Promise<void> {
  await using outside = await TempFolder.make();
  await using index = new TestIndex();
  await using hans = await HostileSource.join(index, "hans", FILE);
  await using vader = await TestPeer.join(index, "vader", { stallMs: 5_000 });
  await hans.publish(name);
  await run(vader, outside);
}

/** Runs `act` once, as soon as something has come. */
function once(act: () => void): { onProgress: OnDownload } {
  let isDone = false;
  return { onProgress: ({ bytes }) => void (isDone || bytes === 0 || (isDone = true, act())) };
}

Deno.test(
  "a file that gets the name meanwhile is kept",
  ON_DISK,
  () =>
    withPeers("a", async (vader) => {
      const path = vader.folder.pathOf("a");
      const intruding = once(() => Deno.writeTextFileSync(path, "theirs"));
      const error = await failureOf(() => vader.peer.get("a", intruding));
      assertEquals(error.code, "exists");
      assertEquals(await Deno.readTextFile(path), "theirs");
      await vader.peer.get("a", { force: true });
      assertEquals(await Deno.readFile(path), FILE.content);
    }),
);

Deno.test("a link that gets the name meanwhile is not followed", ON_DISK, async (test) => {
  for (const force of [false, true]) {
    await test.step(
      force ? "with --force" : "without --force",
      () =>
        withPeers("a", async (vader, outside) => {
          const victim = await outside.write("victim", "theirs");
          const path = vader.folder.pathOf("a");
          const linking = once(() => Deno.symlinkSync(victim, path));
          const get = () => vader.peer.get("a", { ...linking, force });
          if (force) await get();
          else assertEquals((await failureOf(get)).code, "exists");
          assertEquals(await Deno.readTextFile(victim), "theirs");
          assertEquals((await Deno.lstat(path)).isSymlink, !force);
        }),
    );
  }
});

Deno.test(
  "a shared folder that is removed meanwhile is said to be gone",
  ON_DISK,
  () =>
    withPeers("a", async (vader) => {
      const { path } = vader.folder;
      const removing = once(() => Deno.removeSync(path, { recursive: true }));
      const error = await failureOf(() => vader.peer.get("a", removing));
      assertEquals([error.code, error.message], [
        "disk",
        'Cannot write "a": the folder is not there',
      ]);
      await Deno.mkdir(path);
      await vader.peer.get("a");
      assertEquals(await Deno.readFile(vader.folder.pathOf("a")), FILE.content);
    }),
);

Deno.test(
  "a folder that is a link does not lead a download out",
  ON_DISK,
  () =>
    withPeers("x/a", async (vader, outside) => {
      await Deno.symlink(outside.path, vader.folder.pathOf("x"));
      const error = await failureOf(() => vader.peer.get("x/a"));
      assertEquals([error.code, error.message], [
        "disk",
        'Cannot write "x/a": "x" is a link here, and a folder is needed',
      ]);
      assertEquals(await outside.names(), []);
      await vader.peer.get("x/a", { as: "y/a" });
      assertEquals(await Deno.readFile(vader.folder.pathOf("y/a")), FILE.content);
    }),
);

Deno.test(
  "a disk that is known to be too small is not written to",
  { ignore: !CAN_MOUNT },
  () =>
    withPeers("x/a", async (vader) => {
      {
        await using _ = await TinyDisk.mount(await vader.folder.makeFolder("disk"), "size=2m");
        const error = await failureOf(() => vader.peer.get("x/a", { as: "disk/a" }));
        assertEquals(error.code, "disk");
      }
      await vader.peer.get("x/a");
    }),
);

Deno.test(
  "a disk that fills up keeps what came",
  { ignore: !CAN_MOUNT },
  () =>
    withPeers("a", async (vader) => {
      const disk = await vader.folder.makeFolder("disk");
      await using _ = await TinyDisk.mount(disk, "size=3m");
      const filler = `${disk}/filler`;
      const filling = once(() => fill(filler));
      const error = await failureOf(() => vader.peer.get("a", { as: "disk/a", ...filling }));
      assertEquals(error.code, "disk");
      assertStringIncludes(error.message, "the disk is full");
      assertEquals((await namesIn(disk)).includes("a"), false);
      await Deno.remove(filler);
      const gotten = await vader.peer.get("a", { as: "disk/a" });
      assertEquals(gotten.kind === "downloaded" && gotten.kept >= PIECE_BYTES / 2, true);
      assertEquals(await Deno.readFile(`${disk}/a`), FILE.content);
    }),
);

Deno.test(
  "a file that does not fit is not begun, whatever disk its folder is on",
  { ignore: !CAN_MOUNT },
  () =>
    withPeers("a", async (vader) => {
      const disk = await vader.folder.makeFolder("disk");
      await using _ = await TinyDisk.mount(disk, "size=1m");
      const error = await failureOf(() => vader.peer.get("a", { as: "disk/a" }));
      assertEquals([error.code, error.message], [
        "disk",
        'Cannot write "disk/a": the disk has 1.0 MB left and 2.6 MB are needed',
      ]);
      assertEquals(await namesIn(disk), []);
    }),
);

/** Writes to `path` until nothing more fits. */
function fill(path: string): void {
  using file = Deno.openSync(path, { write: true, create: true });
  try {
    for (;;) file.writeSync(new Uint8Array(4_096));
  } catch {
    // The disk is full.
  }
}

async function namesIn(path: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path), ({ name }) => name)).sort();
}
