/**
 * What of a folder is published, by which names, and what is named as left out.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { dirname } from "@std/path";
import { BitTrickleError } from "../../../lib/errors.ts";
import { listTree, type Skipped } from "../../../lib/peer/share/list_tree.ts";
import { SharedFolder } from "../../../lib/peer/share/shared_folder.ts";
import { canRun, MAY_USE_DISK } from "../../support/permission.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const IS_UNIX = Deno.build.os !== "windows";
const ON_DISK = { ignore: !MAY_USE_DISK };
/** File systems that keep every spelling of a name, and any bytes. */
const ON_LINUX = { ignore: Deno.build.os !== "linux" || !await canRun("true") };

const COMPOSED = "\u00fc"; // u with diaeresis, one character
const DECOMPOSED = "u\u0308"; // the same as two

/** Writes files whose content is their name, and the folders that they are in. */
async function write(folder: TempFolder, ...names: string[]): Promise<void> {
  for (const name of names) {
    await Deno.mkdir(dirname(folder.pathOf(name)), { recursive: true });
    await folder.write(name, name);
  }
}

Deno.test("every file below is listed, whatever is beside it", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await write(folder, "t/b", "t/a", "t/deep/er/c", "t/.git/config", "t/.git/more", "t/x.part");
  await write(folder, "t/a.part", "t/CON/file", "t/ok.part/inside", "other");
  if (IS_UNIX) {
    await Deno.symlink("a", folder.pathOf("t/link"));
    await Deno.symlink("/etc", folder.pathOf("t/links"));
  }
  const { names, skipped } = await listTree(folder.path, "t");
  assertEquals(names, ["t/a", "t/b", "t/deep/er/c", "t/ok.part/inside"]);
  const unfinished =
    'it ends in ".part", as unfinished downloads do: if it is none, publish it by its name';
  const links = IS_UNIX ? ["t/link", "t/links"] : [];
  assertEquals(skipped, [
    { name: "t/.git/", code: "usage", reason: "a part of it begins with a dot or a space" },
    { name: "t/CON/", code: "usage", reason: "a part of it is a Windows device name" },
    { name: "t/a.part", code: "usage", reason: unfinished },
    ...links.map((name): Skipped => {
      return { name, code: "not_found", reason: "it is a link, and links are not shared" };
    }),
    { name: "t/x.part", code: "usage", reason: unfinished },
  ]);
});

Deno.test("the shared folder itself can be listed", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await write(folder, "a", "t/b", ".hidden");
  const { names, skipped } = await listTree(folder.path, ".");
  assertEquals([names, skipped.map(({ name }) => name)], [["a", "t/b"], [".hidden"]]);
});

Deno.test("names that are too long are left out, and nothing else is", ON_LINUX, async () => {
  await using folder = await TempFolder.make();
  const segment = "s".repeat(250);
  const deep = ["t", segment, segment, segment].join("/");
  const fits = "f".repeat(1_000 - deep.length - 1);
  await write(folder, `${deep}/${fits}`, `${deep}/${fits}f`, `${deep}/${segment}/below`);
  const { names, skipped } = await listTree(folder.path, "t");
  assertEquals(names, [`${deep}/${fits}`]);
  const reason = "it is longer than 1000 bytes";
  const tooLong = [`${deep}/${fits}f`, `${deep}/${segment}/`];
  assertEquals(skipped, tooLong.map((name) => ({ name, code: "usage", reason })));
});

Deno.test(
  "names that are no UTF-8 are left out, and told from those that are",
  ON_LINUX,
  async () => {
    await using folder = await TempFolder.make();
    await write(folder, "t/a", "t/real\ufffd");
    const script = 'cd "$0/t" && : > "$(printf "x\\377")" && mkdir "$(printf "y\\377")" ' +
      '&& : > "$(printf "y\\377/z")"';
    await new Deno.Command("sh", { args: ["-c", script, folder.path] }).output();
    const { names, skipped } = await listTree(folder.path, "t");
    assertEquals(names, ["t/a", "t/real\ufffd"]);
    const reason = "its name is not UTF-8";
    assertEquals(skipped, [
      { name: "t/x\ufffd", code: "usage", reason },
      { name: "t/y\ufffd/", code: "usage", reason },
    ]);
  },
);

Deno.test("what is no regular file is left out", ON_LINUX, async () => {
  await using folder = await TempFolder.make();
  await write(folder, "t/a");
  await new Deno.Command("mkfifo", { args: [folder.pathOf("t/pipe")] }).output();
  const { skipped } = await listTree(folder.path, "t");
  assertEquals(skipped, [{
    name: "t/pipe",
    code: "not_found",
    reason: "it is not a regular file",
  }]);
});

Deno.test("a decomposed name is published and opened by its composed one", ON_LINUX, async () => {
  await using folder = await TempFolder.make();
  await write(folder, `${DECOMPOSED}t/${DECOMPOSED}.txt`, `${DECOMPOSED}t/plain.txt`);
  const { names, skipped } = await listTree(folder.path, `${COMPOSED}t`);
  assertEquals(names, [`${COMPOSED}t/plain.txt`, `${COMPOSED}t/${COMPOSED}.txt`]);
  assertEquals(skipped, []);
  const shared = new SharedFolder(folder.path);
  for (const name of names) await (await shared.open(name)).close();
});

Deno.test("of two spellings of one name one is published, the other named", ON_LINUX, async () => {
  await using folder = await TempFolder.make();
  await write(folder, `t/${DECOMPOSED}`, `t/${COMPOSED}`);
  await write(folder, `t/d${DECOMPOSED}/lost`, `t/d${COMPOSED}/found`);
  const { names, skipped } = await listTree(folder.path, "t");
  assertEquals(names, [`t/d${COMPOSED}/found`, `t/${COMPOSED}`]);
  const reason = "another one beside it has the same name in Unicode normal form C";
  assertEquals(skipped, [
    { name: `t/d${COMPOSED}/`, code: "usage", reason },
    { name: `t/${COMPOSED}`, code: "usage", reason },
  ]);
  const file = await new SharedFolder(folder.path).open(`t/${COMPOSED}`);
  assertEquals(await file.readFile("utf8"), `t/${COMPOSED}`);
  await file.close();
});

Deno.test("what is no folder cannot be listed, and says why", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await write(folder, "a", "t/b");
  const cases: Record<string, string> = {
    a: "it is not a folder",
    none: "no such file in the shared folder",
    "a/b": "no such file in the shared folder",
  };
  if (IS_UNIX) {
    await Deno.symlink("t", folder.pathOf("link"));
    cases["link"] = "it is a link, and links are not shared";
    cases["link/b"] = "its folder is a link, and links are not shared";
  }
  for (const [name, message] of Object.entries(cases)) {
    const error = await assertRejects(() => listTree(folder.path, name), BitTrickleError);
    assertEquals([error.code, error.message], ["not_found", message], name);
  }
});

Deno.test("what rules leave out is counted, from the shared folder on", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await write(folder, "t/a", "t/b.tmp", "t/.git/config", "t/out/x", "t/in/c.key", "t/in/d");
  await folder.write(".bittrickleignore", "*.tmp\n.git/\n");
  await folder.write("t/.bittrickleignore", "out/\n");
  assertEquals(await listTree(folder.path, "t", { exclude: ["*.key"] }), {
    names: ["t/a", "t/in/d"],
    skipped: [],
    ignored: 4,
  });
  assertEquals((await listTree(folder.path, "t/out")).names, ["t/out/x"], "it was asked for");
});

Deno.test("nothing is published of a folder whose rules cannot be read", ON_DISK, async () => {
  await using folder = await TempFolder.make();
  await write(folder, "t/a", "t/x/b");
  await folder.write("t/x/.bittrickleignore", new Uint8Array([0xff]));
  const { names, skipped } = await listTree(folder.path, "t");
  const reason = "its .bittrickleignore cannot be used: it is not UTF-8";
  assertEquals([names, skipped], [["t/a"], [{ name: "t/x/", code: "disk", reason }]]);
});
