/**
 * Where `get` saves, and what it gets by patterns and searches, with the real client.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { lastObject } from "../support/json_lines.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { HAS_TERMINAL, Screen } from "../support/screen.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const ON_TERMINAL = { ignore: !HAS_TERMINAL };
const FILES = ["a.pdf", "b.txt", "lab/Lab1.pdf", "lab/lab2.pdf", "x[1].txt"];

/** An index at which vader publishes {@linkcode FILES}, and a folder of hans. */
async function startNetwork(): Promise<{ network: Network; folder: string }> {
  const network = await Network.start();
  const vader = await network.join("vader");
  await Deno.mkdir(join(vader.folder, "lab"));
  for (const name of FILES) await Deno.writeTextFile(join(vader.folder, name), `vader's ${name}`);
  await vader.shell.ask("pub .", `${FILES.length} files published`);
  const folder = network.home.pathOf("hans");
  await Deno.mkdir(folder);
  return { network, folder };
}

async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) names.push(...await filesBelow(join(folder, name), `${prefix}${name}/`));
    else names.push(prefix + name);
  }
  return names.sort();
}

Deno.test(
  "get --out saves in a folder, which is made, and publishes nothing outside",
  AS_PROCESSES,
  async () => {
    const { network, folder } = await startNetwork();
    await using _ = network;
    const get = (...args: string[]) => network.once("hans", "get", ...args);
    const out = network.home.pathOf("elsewhere/deep");
    assertEquals(
      (await get("lab/lab2.pdf", "--out", out)).stdout,
      "lab/lab2.pdf downloaded successfully\n",
    );
    assertEquals(await Deno.readTextFile(join(out, "lab/lab2.pdf")), "vader's lab/lab2.pdf");
    assertEquals(
      (await get("lab/", "--out", out)).stdout,
      "1 file downloaded (20 B), 1 file already there\n",
    );
    const shared = await get("a.pdf", "--out", out, "--share");
    assertStringIncludes(shared.stderr, "is not published: it is outside of the shared folder");
    assertEquals((await get("a.pdf", "--out", out, "--as", "x/b.pdf")).code, 0);
    assertEquals(await filesBelow(out), ["a.pdf", "lab/Lab1.pdf", "lab/lab2.pdf", "x/b.pdf"]);
    assertEquals(await filesBelow(folder), []);
    // In the shared folder it is published by its name there.
    assertEquals((await get("b.txt", "--out", "in/side", "--share")).code, 0);
    const { items } = lastObject((await network.once("hans", "lpf", "--json")).stdout);
    assertEquals([items, await filesBelow(folder)], [["in/side/b.txt"], ["in/side/b.txt"]]);
    await Deno.writeTextFile(join(folder, "file"), "");
    const impossible = await get("a.pdf", "--out", "file");
    assertEquals(impossible.code, 7);
    assertStringIncludes(impossible.stderr, 'Cannot make the folder "file"');
  },
);

Deno.test("get --rename and --skip leave what is there", AS_PROCESSES, async () => {
  const { network, folder } = await startNetwork();
  await using _ = network;
  const get = (...args: string[]) => network.once("hans", "get", ...args);
  await Deno.writeTextFile(join(folder, "a.pdf"), "mine");
  assertEquals((await get("a.pdf")).code, 7);
  const skipped = await get("a.pdf", "--skip");
  assertEquals([skipped.stdout, skipped.code], ["a.pdf is already there, and was left alone\n", 0]);
  assertEquals((await get("a.pdf", "--rename")).stdout, "a (1).pdf downloaded successfully\n");
  assertEquals(
    (await get("a.pdf", "--rename")).stdout,
    "a (1).pdf is already there, and identical\n",
  );
  assertEquals(await Deno.readTextFile(join(folder, "a.pdf")), "mine");
  await Deno.mkdir(join(folder, "lab"));
  await Deno.writeTextFile(join(folder, "lab/lab2.pdf"), "mine, too");
  const tree = lastObject((await get("lab/", "--skip", "--json")).stdout);
  assertEquals([tree.type, tree.downloaded, tree.skipped], ["result", ["lab/Lab1.pdf"], [
    "lab/lab2.pdf",
  ]]);
  const renamed = lastObject((await get("lab/", "--rename", "--json")).stdout);
  assertEquals([renamed.downloaded, renamed.present], [["lab/lab2 (1).pdf"], ["lab/Lab1.pdf"]]);
  assertEquals((await get("a.pdf", "--skip", "--force")).code, 2);
});

Deno.test(
  "get takes patterns of what others publish, and says what they mean",
  AS_PROCESSES,
  async () => {
    const { network, folder } = await startNetwork();
    await using _ = network;
    const get = (...args: string[]) => network.once("hans", "get", ...args);
    const found = await get("lab/*.pdf");
    assertStringIncludes(
      found.stderr,
      '"lab/*.pdf" stands for 2 files (40 B): lab/Lab1.pdf, lab/lab2.pdf',
    );
    assertEquals(found.stdout, "2 files downloaded (40 B)\n");
    assertEquals((await get("x[1].txt", "./b.txt")).code, 0);
    assertEquals(await filesBelow(folder), ["b.txt", "lab/Lab1.pdf", "lab/lab2.pdf", "x[1].txt"]);
    const nothing = await get("*.mkv");
    assertEquals([nothing.stdout, nothing.code], [
      '"*.mkv" stands for nothing that others publish\n',
      3,
    ]);
    assertEquals(
      (await get("*", "--skip")).stdout,
      "1 file downloaded (13 B), 2 files left alone\n",
    );
    assertEquals((await get("*.pdf", "--as", "x")).code, 2);
  },
);

Deno.test(
  "get --match gets what a search finds, with --yes where nobody can be asked",
  AS_PROCESSES,
  async () => {
    const { network, folder } = await startNetwork();
    await using _ = network;
    const get = (...args: string[]) => network.once("hans", "get", ...args);
    const refused = await get("--match", "lab*.pdf user:vader");
    assertEquals([refused.code, refused.stdout], [2, ""]);
    assertMatch(refused.stderr, /finds 2 files \(40 B\): lab\/Lab1.pdf, lab\/lab2.pdf: add --yes/);
    assertEquals(await filesBelow(folder), []);
    const got = lastObject((await get("--match", "lab*.pdf user:vader", "--yes", "--json")).stdout);
    assertEquals([got.downloaded.toSorted(), got.bytes], [["lab/Lab1.pdf", "lab/lab2.pdf"], 40]);
    assertEquals((await get("--match", "lab*.mkv", "--yes")).code, 3);
    assertEquals((await get("a.pdf", "--match", "b")).code, 2);
    assertEquals((await get()).code, 2);
  },
);

Deno.test("get --match asks whoever is at a terminal", ON_TERMINAL, async () => {
  const { network, folder } = await startNetwork();
  await using _ = network;
  await using screen = await Screen.open(network);
  await screen.logIn();
  await screen.paste('get --match "lab*.pdf"\n');
  await screen.shows("Get 2 files (40 B): lab/Lab1.pdf, lab/lab2.pdf? [y/N]");
  await screen.press("Enter");
  await screen.shows("Nothing was downloaded");
  await screen.clear();
  await screen.paste('get --match "lab*.pdf"\n');
  await screen.shows("[y/N]");
  await screen.press("C-c");
  await screen.shows("interrupted");
  // What is typed next is no answer any more.
  await screen.paste("lap\n");
  await screen.shows("1 active peer:");
  assertEquals(await filesBelow(folder), []);
  await screen.clear();
  await screen.paste('get --match "lab*.pdf"\n');
  await screen.shows("[y/N]");
  await screen.press("y", "Enter");
  await screen.shows("2 files downloaded (40 B)");
  assertEquals(await filesBelow(folder), ["lab/Lab1.pdf", "lab/lab2.pdf"]);
});

Deno.test("the plain protocol gets no patterns, and renames as well", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const vader = await network.join("vader", ["--protocol", "1"]);
  await Deno.writeTextFile(join(vader.folder, "a.txt"), "vader's");
  await vader.shell.ask("pub *.txt", "published");
  const hans = await network.join("hans", ["--protocol", "1"]);
  await hans.shell.ask("get a.txt", "a.txt downloaded successfully");
  await Deno.writeTextFile(join(hans.folder, "a.txt"), "mine");
  await hans.shell.ask("get a.txt --rename", "a (1).txt downloaded successfully");
  await hans.shell.ask("get a.txt --skip", "a.txt is already there, and was left alone");
  const { code, stderr } = await hans.shell.finish("get *.txt", "xit");
  assertEquals(code, 8);
  assertStringIncludes(stderr, "get files by their names");
  assertEquals(await filesBelow(hans.folder), ["a (1).txt", "a.txt"]);
});
