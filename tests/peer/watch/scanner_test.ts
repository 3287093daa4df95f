/**
 * What scans of real folders tell, one after the other.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { QUIET, Scanned, told } from "../../support/scanned.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { CAN_MOUNT, TinyDisk } from "../../support/tiny_disk.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const WITH_MOUNTS = { ignore: !CAN_MOUNT };
const EMPTIED = "it is empty, and should not be: is its disk mounted?";

Deno.test("each change is told once", ON_DISK, async () => {
  await using scanned = await Scanned.make(["a", "x/b", "x/y/c"]);
  assertEquals(scanned.scan(), ["a", "x/b", "x/y/c"]);
  assertEquals(scanned.scan(), []);
  await scanned.write("x/y/new");
  await scanned.write("a", "another");
  await scanned.remove("x/b");
  assertEquals(scanned.scan(), ["-x/b", "a", "x/y/new"]);
  assertEquals(scanned.scan(), []);
  await scanned.remove("x");
  assertEquals(scanned.scan(), ["-x/y/c", "-x/y/new"]);
});

Deno.test("what is asked for is told whether it has changed or not", ON_DISK, async () => {
  await using scanned = await Scanned.make(["a", "x/b"]);
  scanned.scan();
  assertEquals(scanned.scan({ asked: ["a", "x/b", "none", "x/none", "no/ne"] }), [
    "-no/ne",
    "-none",
    "-x/none",
    "a",
    "x/b",
  ]);
});

Deno.test("files that change in place are found in turns", ON_DISK, async () => {
  const names = Array.from({ length: 10 }, (_, i) => `x/${i}`);
  await using scanned = await Scanned.make(names);
  scanned.scan();
  // A folder that was just changed is looked at as a whole.
  await Deno.utime(scanned.folder.pathOf("x"), new Date(0), new Date(0));
  for (const after of [0, QUIET]) scanned.scan({ most: 0, after });
  for (const name of names) await scanned.write(name, "another");
  const found = [3, 3, 3, 3].map((most) => scanned.scan({ most, after: QUIET }).length);
  assertEquals(found, [3, 3, 3, 1]);
});

Deno.test("files that have changed lately are looked at each time", ON_DISK, async () => {
  await using scanned = await Scanned.make(Array.from({ length: 10 }, (_, i) => `x/${i}`));
  scanned.scan();
  await scanned.write("x/7", "another");
  scanned.scan();
  await Deno.utime(scanned.folder.pathOf("x"), new Date(0), new Date(0));
  for (const after of [0, QUIET]) scanned.scan({ most: 1, after });
  await scanned.write("x/7", "another one");
  assertEquals(scanned.scan({ most: 1, after: QUIET }), ["x/7"]);
});

Deno.test("rules are obeyed, and so is a change of them", ON_DISK, async () => {
  await using scanned = await Scanned.make(["a.tmp", "x/b.tmp", "x/c", "x/.hidden"]);
  await scanned.write("x/.bittrickleignore", "*.tmp\n");
  const first = scanned.reply();
  assertEquals([told(first), first.ignored], [["a.tmp", "x/c"], 1]);
  assertEquals(first.skipped.map(({ name }) => name), ["x/.hidden"]);
  assertEquals(scanned.reply({ asked: ["x/b.tmp"] }).seen.map(({ isOut }) => isOut), [true]);
  await scanned.write(".bittrickleignore", "a.*\n");
  await scanned.write("x/.bittrickleignore", "c\n");
  assertEquals(scanned.scan(), ["-a.tmp", "-x/c", "x/b.tmp"]);
  await scanned.remove("x/.bittrickleignore");
  const last = scanned.reply();
  assertEquals([told(last), last.skipped], [["x/c"], []]);
});

Deno.test("nothing new is shared where rules cannot be read", ON_DISK, async () => {
  await using scanned = await Scanned.make(["x/a", "b"]);
  assertEquals(scanned.scan(), ["b", "x/a"]);
  await scanned.write("x/.bittrickleignore", "#".repeat(100_000));
  await scanned.write("x/secret");
  const reply = scanned.reply();
  const reason = "its .bittrickleignore cannot be used: it is larger than 64 KiB";
  assertEquals([told(reply), reply.away], [[], [{ name: "x/", code: "disk", reason }]]);
});

Deno.test(
  "a named folder that is gone, or empty in its place, loses nothing",
  ON_DISK,
  async () => {
    await using scanned = await Scanned.make(["lab/a", "lab/x/b", "single"], {
      names: ["lab", "single"],
    });
    assertEquals(scanned.scan(), ["lab/a", "lab/x/b", "single"]);
    const { folder } = scanned;
    await Deno.rename(folder.pathOf("lab"), folder.pathOf("elsewhere"));
    const gone = scanned.reply({ asked: ["lab/a"] });
    const reason = "no such file in the shared folder";
    assertEquals([told(gone), gone.away], [[], [{ name: "lab/", code: "not_found", reason }]]);
    await Deno.mkdir(folder.pathOf("lab"));
    const empty = scanned.reply({ asked: ["lab/a", "lab/x/b"] });
    assertEquals([told(empty), empty.away], [[], [{
      name: "lab/",
      code: "not_found",
      reason: EMPTIED,
    }]]);
    await Deno.remove(folder.pathOf("lab"));
    await Deno.remove(folder.pathOf("elsewhere/a"));
    await Deno.rename(folder.pathOf("elsewhere"), folder.pathOf("lab"));
    const back = scanned.reply();
    assertEquals([told(back), back.away], [["-lab/a"], []]);
    await scanned.remove("single");
    assertEquals(scanned.scan(), ["-single"]);
  },
);

Deno.test("a folder that its user empties is empty", ON_DISK, async () => {
  await using scanned = await Scanned.make(["lab/a", "lab/b"], { names: ["lab"] });
  scanned.scan();
  await scanned.remove("lab/a");
  await scanned.remove("lab/b");
  assertEquals(scanned.scan(), ["-lab/a", "-lab/b"]);
});

Deno.test(
  "a folder that should hold something and is empty at first is away",
  ON_DISK,
  async () => {
    await using scanned = await Scanned.make([], { isExpected: true });
    const reply = scanned.reply({ asked: ["a"] });
    assertEquals([told(reply), reply.away], [[], [{
      name: "./",
      code: "not_found",
      reason: EMPTIED,
    }]]);
    await scanned.write("b");
    assertEquals(scanned.scan({ asked: ["a"] }), ["-a", "b"]);
  },
);

Deno.test("a disk that is unmounted in a shared folder loses nothing", WITH_MOUNTS, async () => {
  await using scanned = await Scanned.make(["a", "disk/below"]);
  const { folder } = scanned;
  {
    await using _ = await TinyDisk.mount(folder.pathOf("disk"), "size=64k");
    await scanned.write("disk/x/b");
    assertEquals(scanned.scan(), ["a", "disk/x/b"]);
  }
  await Deno.remove(folder.pathOf("disk/below"));
  const away = scanned.reply({ asked: ["disk/x/b"] });
  assertEquals([told(away), away.away], [[], [{
    name: "disk/",
    code: "not_found",
    reason: EMPTIED,
  }]]);
  await using _ = await TinyDisk.mount(folder.pathOf("disk"), "size=64k");
  await scanned.write("disk/x/c");
  assertEquals(scanned.scan(), ["-disk/x/b", "disk/x/c"]);
});

Deno.test("what a link takes the place of is not there any more", ON_DISK, async () => {
  await using scanned = await Scanned.make(["a", "b", "x/c"]);
  await using elsewhere = await TempFolder.make();
  scanned.scan();
  for (const name of ["a", "x"]) {
    await Deno.rename(scanned.folder.pathOf(name), elsewhere.pathOf(name));
    await Deno.symlink(elsewhere.pathOf(name), scanned.folder.pathOf(name));
  }
  await scanned.remove("b");
  await Deno.mkdir(scanned.folder.pathOf("b"));
  const gone = ["-a", "-b", "-x/c"];
  assertEquals(scanned.scan(), gone);
  assertEquals(scanned.scan({ asked: ["a", "b", "x/c"] }), gone);
});

Deno.test("nor is a named file", ON_DISK, async () => {
  await using scanned = await Scanned.make(["a", "b"], { names: ["a"] });
  scanned.scan();
  await scanned.remove("a");
  await Deno.symlink("b", scanned.folder.pathOf("a"));
  assertEquals(scanned.scan(), ["-a"]);
});

Deno.test("rules around a named folder are obeyed as they are now", ON_DISK, async () => {
  await using scanned = await Scanned.make(["x/lab/a", "x/lab/b.key"], { names: ["x/lab"] });
  assertEquals(scanned.scan(), ["x/lab/a", "x/lab/b.key"]);
  await scanned.write(".bittrickleignore", "*.key\n");
  assertEquals(scanned.scan(), ["-x/lab/b.key"]);
  await scanned.write("x/.bittrickleignore", "#".repeat(100_000));
  await scanned.write("x/lab/c");
  const reply = scanned.reply({ asked: ["x/lab/b.key"] });
  const reason = "its .bittrickleignore cannot be used: it is larger than 64 KiB";
  assertEquals([told(reply), reply.away], [[], [{ name: "x/lab/", code: "disk", reason }]]);
  await scanned.write("x/.bittrickleignore", "a\n");
  assertEquals(scanned.scan(), ["-x/lab/a", "x/lab/c"]);
  await scanned.remove(".bittrickleignore");
  assertEquals(scanned.scan(), ["x/lab/b.key"]);
});

Deno.test("a folder that changes while it is listed is told of all the same", ON_DISK, async () => {
  await using scanned = await Scanned.make(["a"]);
  const { readDirSync } = Deno;
  let count = 0;
  Deno.readDirSync = (path) => {
    const entries = [...readDirSync(path)];
    Deno.writeTextFileSync(scanned.folder.pathOf(`new${count++}`), "");
    return entries[Symbol.iterator]();
  };
  using _ = { [Symbol.dispose]: () => void (Deno.readDirSync = readDirSync) };
  assertEquals(scanned.scan(), ["a"]);
  assertEquals(scanned.scan(), ["new0"]);
});

Deno.test("a file that cannot be looked at for a moment is looked at later", ON_DISK, async () => {
  await using scanned = await Scanned.make(["a", "b"]);
  const { lstatSync } = Deno;
  Deno.lstatSync = (path) => {
    if (path === scanned.folder.pathOf("a")) throw new Error("EIO: i/o error");
    return lstatSync(path);
  };
  {
    using _ = { [Symbol.dispose]: () => void (Deno.lstatSync = lstatSync) };
    assertEquals(scanned.scan(), ["b"]);
    // Its folder does not change any more.
    await Deno.utime(scanned.folder.path, 0, 0);
    assertEquals(scanned.scan({ asked: ["a"] }), []);
  }
  assertEquals(scanned.scan(), ["a"]);
});

Deno.test("a disk whose clock is late and coarse hides no file", ON_DISK, async () => {
  await using scanned = await Scanned.make(["a"]);
  const { lstatSync } = Deno;
  Deno.lstatSync = (path) => {
    const status = lstatSync(path);
    return status.isDirectory ? { ...status, mtime: new Date(0), ctime: new Date(count) } : status;
  };
  using _ = { [Symbol.dispose]: () => void (Deno.lstatSync = lstatSync) };
  let count = 0;
  assertEquals(scanned.scan(), ["a"]);
  await scanned.write("b");
  count++;
  assertEquals(scanned.scan(), ["b"]);
  await scanned.write("c");
  assertEquals(scanned.scan(), ["c"]);
});
