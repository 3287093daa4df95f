import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { PartFile } from "../../../lib/peer/download/part_file.ts";
import { Target } from "../../../lib/peer/download/target.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../../support/tiny_disk.ts";
import { codeOf } from "../../support/failures.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const HELLO = new TextEncoder().encode("hello");

Deno.test("a finished part file has its final name and nothing else is left", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  {
    await using part = await PartFile.create(new Target(folder.path, "a.txt"));
    await part.write(HELLO);
    assertEquals(await folder.names(), [".a.txt.part"]);
    await part.finish();
  }
  assertEquals(await folder.names(), ["a.txt"]);
  assertEquals(await Deno.readTextFile(folder.pathOf("a.txt")), "hello");
});

Deno.test("an unfinished part file is removed", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  {
    await using part = await PartFile.create(new Target(folder.path, "a.txt"));
    await part.write(HELLO);
  }
  assertEquals(await folder.names(), []);
});

Deno.test("a file that took the place of an unfinished one is not removed", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  {
    await using _ = await PartFile.create(new Target(folder.path, "a.txt"));
    await Deno.remove(folder.pathOf(".a.txt.part"));
    await folder.write("another", "theirs");
    await Deno.rename(folder.pathOf("another"), folder.pathOf(".a.txt.part"));
  }
  assertEquals(await Deno.readTextFile(folder.pathOf(".a.txt.part")), "theirs");
});

Deno.test(
  "create() touches neither a part file that is there nor what it links to",
  ON_DISK,
  async () => {
    await using folder = await TempFolder.make();
    await folder.write(".a.txt.part", "somebody's");
    await Deno.symlink(folder.pathOf("elsewhere"), folder.pathOf(".b.txt.part"));
    assertEquals(await codeOf(() => PartFile.create(new Target(folder.path, "a.txt"))), "exists");
    assertEquals(await codeOf(() => PartFile.create(new Target(folder.path, "b.txt"))), "exists");
    assertEquals(await Deno.readTextFile(folder.pathOf(".a.txt.part")), "somebody's");
    assertEquals(await folder.names(), [".a.txt.part", ".b.txt.part"]);
  },
);

Deno.test("finish() never replaces a file that came meanwhile", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  {
    await using part = await PartFile.create(new Target(folder.path, "a.txt"));
    await part.write(HELLO);
    await folder.write("a.txt", "old");
    assertEquals(await codeOf(() => part.finish()), "exists");
  }
  assertEquals(await folder.names(), ["a.txt"]);
  assertEquals(await Deno.readTextFile(folder.pathOf("a.txt")), "old");
});

Deno.test("a name that leaves no room for the suffix still works", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const name = "ä".repeat(127);
  await using part = await PartFile.create(new Target(folder.path, name));
  await part.finish();
  assertEquals(await folder.names(), [name]);
});

Deno.test("a folder that vanished is a disk error", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const gone = folder.pathOf("gone");
  const error = await assertRejects(() => PartFile.create(new Target(gone, "a")), BitTrickleError);
  assertEquals(error.message, 'Cannot write "a": the folder is not there');
});

Deno.test("a full disk is a disk error, and the part file goes", {
  ignore: !CAN_MOUNT,
}, async () => {
  await using folder = await TempFolder.make();
  await using disk = await TinyDisk.mount(await folder.makeFolder("disk"), "size=64k");
  await using part = await PartFile.create(new Target(disk.path, "big"));
  const error = await assertRejects(() => part.write(new Uint8Array(1_000_000)), BitTrickleError);
  assertEquals([error.code, error.message], ["disk", 'Cannot write "big": the disk is full']);
});
