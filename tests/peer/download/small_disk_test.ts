/**
 * Small files on the disk, many at once: each is whole or not there, and nothing of anybody else is
 * touched.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { lstat } from "node:fs/promises";
import { PartCopies } from "../../../lib/peer/download/part_copies.ts";
import {
  type SmallJob,
  type SmallResult,
  workOnSmallFiles,
} from "../../../lib/peer/download/small_disk.ts";
import { Target } from "../../../lib/peer/download/target.ts";
import { stateFrom } from "../../../lib/peer/share/file_state.ts";
import { someBytes } from "../../support/bytes.ts";
import { hashed } from "../../support/hashed.ts";
import { MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const ON_DISK = { ignore: !MAY_USE_DISK };
const FILE = hashed(someBytes(10_000));
const WANTED = { id: FILE.id, size: FILE.size };

function look({ path: folder }: TempFolder, name: string): SmallJob {
  return { kind: "look", folder, name, wanted: WANTED };
}

function write({ path: folder }: TempFolder, name: string, content = FILE.content): SmallJob {
  return { kind: "write", folder, name, wanted: WANTED, content };
}

function partOf(folder: TempFolder, name: string): string {
  return new PartCopies(new Target(folder.path, name), WANTED).first;
}

/** What became of jobs, in words: what a file is like is what the disk says of it. */
async function inWords(
  folder: TempFolder,
  jobs: readonly SmallJob[],
  results: readonly SmallResult[],
): Promise<string[]> {
  return await Promise.all(results.map(async (result, i) => {
    if (typeof result === "string") return result;
    const path = folder.pathOf(jobs[i]!.name);
    assertEquals(result, stateFrom(await lstat(path, { bigint: true })));
    return "there";
  }));
}

async function doAll(folder: TempFolder, jobs: readonly SmallJob[]): Promise<string[]> {
  return await inWords(folder, jobs, await workOnSmallFiles(jobs));
}

Deno.test("many files are written at once, into folders that are made", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const names = Array.from({ length: 50 }, (_, i) => `t/${i % 3}/${i}`);
  const results = await doAll(folder, names.map((name) => write(folder, name)));
  assertEquals(new Set(results), new Set(["there"]));
  for (const name of names) {
    assertEquals(await Deno.readFile(folder.pathOf(name)), FILE.content);
    assertEquals((await Deno.lstat(folder.pathOf(name))).nlink, 1);
  }
  assertEquals(
    await folder.namesIn("t/0"),
    names.filter((_, i) => i % 3 === 0)
      .map((name) => name.slice(4)).sort(),
  );
});

Deno.test("what stands in the way of one file costs no other, and stays", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await using outside = await TempFolder.make();
  await folder.write("file", "mine");
  await folder.makeFolder("folder");
  await Deno.symlink(outside.path, folder.pathOf("link"));
  await Deno.symlink(outside.pathOf("nothing"), folder.pathOf("dangling"));
  await Deno.writeTextFile(partOf(folder, "part"), "of somebody");
  const before = await folder.names();
  const jobs = [
    ...["file", "folder", "dangling", "link/a", "link/b/c", "file/a", "part"].map((name) =>
      write(folder, name)
    ),
    write(folder, "bad", someBytes(10_000, 7)),
    write(folder, "short", FILE.content.subarray(1)),
    write(folder, "../out"),
    write(folder, "good"),
  ];
  const results = await doAll(folder, jobs);
  assertEquals(results, [...Array(jobs.length - 1).fill("other"), "there"]);
  assertEquals(await folder.names(), [...before, "good"].sort());
  assertEquals(await outside.names(), []);
  assertEquals(await Deno.readTextFile(folder.pathOf("file")), "mine");
  assertEquals(await Deno.readTextFile(partOf(folder, "part")), "of somebody");
});

Deno.test("of two files of one name the second replaces nothing", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  const results = await doAll(folder, [write(folder, "a"), write(folder, "a")]);
  assertEquals(results.toSorted(), ["other", "there"]);
  assertEquals(await folder.names(), ["a"]);
  assertEquals(await doAll(folder, [write(folder, "a")]), ["other"]);
});

Deno.test("a look tells what is there, but not through a link", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await folder.makeFolder("real");
  await folder.write("real/a", "something");
  await Deno.symlink(folder.pathOf("real"), folder.pathOf("link"));
  await Deno.symlink(folder.pathOf("real/a"), folder.pathOf("alias"));
  await Deno.writeTextFile(partOf(folder, "part"), "");
  const names = ["real/a", "real/b", "none/b", "real", "link/a", "alias", "part", "../a"];
  const results = await doAll(folder, names.map((name) => look(folder, name)));
  const others = ["other", "other", "other", "other", "other"];
  assertEquals(results, ["there", "free", "free", ...others]);
});

Deno.test("a folder that may not be written gets nothing", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await using nowhere = await TempFolder.make();
  await Deno.remove(nowhere.path);
  const results = await doAll(folder, [write(nowhere, "t/a"), write(folder, "a")]);
  assertEquals(results, ["other", "there"]);
  assert(!await Deno.lstat(nowhere.path).catch(() => undefined));
  await Deno.mkdir(nowhere.path);
});
