/**
 * Disks on which names that differ in case, or in the Unicode normal form, are one: as on Windows and
 * macOS.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { CAN_FOLD, FoldingDisk } from "../support/folding_disk.ts";
import { lastObject } from "../support/json_lines.ts";
import { Network } from "../support/network.ts";

const ON_FOLDING_DISK = { ignore: !CAN_FOLD };
const UPPER = "the upper one";
const LOWER = "the lower one";

/** An index, hans, who publishes two names that differ in case, and vader's disk. */
async function startNetwork() {
  const stack = new AsyncDisposableStack();
  const network = stack.use(await Network.start());
  await Deno.mkdir(network.home.pathOf("hans/lab"), { recursive: true });
  await network.home.write("hans/lab/A.txt", UPPER);
  await network.home.write("hans/lab/a.txt", LOWER);
  const hans = await network.join("hans");
  await hans.shell.ask("pub lab/", "2 files published");
  const folder = network.home.pathOf("vader");
  const disk = await FoldingDisk.mount(folder);
  // Before the network ends, which removes its folders.
  stack.use(disk);
  return { network, folder, stack };
}

function textsIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => {
    return Deno.readTextFileSync(`${folder}/${name}`);
  }).sort();
}

Deno.test("names that are one on the disk do not replace each other", ON_FOLDING_DISK, async () => {
  const { network, folder, stack } = await startNetwork();
  await using _ = stack;
  const get = async (...args: string[]) => {
    return lastObject((await network.once("vader", "get", "lab/", "--json", ...args)).stdout);
  };
  const first = await get();
  assertEquals([first.downloaded.length, first.failed[0].code], [1, "exists"]);
  const kept = textsIn(`${folder}/lab`);
  const forced = await get("--force");
  assertEquals([forced.present.length, forced.failed[0].code], [1, "exists"]);
  assertStringIncludes(forced.failed[0].message, "the disk takes it for");
  assertEquals(textsIn(`${folder}/lab`), kept);
  const skipped = await get("--skip");
  assertEquals(skipped.failed, []);
  await get("--rename");
  assertEquals(textsIn(`${folder}/lab`), [LOWER, UPPER]);
});

Deno.test("a file that the disk takes for another is not replaced", ON_FOLDING_DISK, async () => {
  const { network, folder, stack } = await startNetwork();
  await using _ = stack;
  await Deno.mkdir(`${folder}/Lab`);
  await Deno.writeTextFile(`${folder}/Lab/a.txt`, "of vader");
  const get = (...args: string[]) => network.once("vader", "get", ...args);
  const forced = await get("lab/a.txt", "--force");
  assertEquals([forced.code, textsIn(`${folder}/lab`)], [7, ["of vader"]]);
  assertStringIncludes(forced.stderr, 'the disk takes it for "Lab/a.txt"');
  assertEquals((await get("lab/a.txt", "--force", "--as", "Lab/a.txt")).code, 0);
  assertEquals(textsIn(`${folder}/lab`), [LOWER]);
});

Deno.test("a file is found by its name, however the disk spells it", ON_FOLDING_DISK, async () => {
  const { network, folder, stack } = await startNetwork();
  await using _ = stack;
  await Deno.writeTextFile(`${folder}/gr\u00fcn.txt`, "green");
  assertEquals(
    Array.from(Deno.readDirSync(folder), ({ name }) => name).includes("gr\u00fcn.txt"),
    false,
  );
  const vader = await network.join("vader");
  await vader.shell.ask("pub .", "1 file published");
  await vader.shell.ask("lpf", "gr\u00fcn.txt");
  await Deno.writeTextFile(`${folder}/\u00e4.txt`, "a");
  await vader.shell.ask("pub a\u0308.txt", "File published successfully");
  const gotten = await network.once("hans", "get", "gr\u00fcn.txt", "--json");
  assertEquals(lastObject(gotten.stdout).code, undefined, gotten.stdout);
});
