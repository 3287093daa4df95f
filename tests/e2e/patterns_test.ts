/**
 * Patterns and paths in `pub`, `unp` and `get`, with the real client.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { lastObject } from "../support/json_lines.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const FILES = ["a.pdf", "b.pdf", "b.txt", "lab/c.pdf", "lab/deep/d.pdf", "x[1].txt", "x1.txt"];

async function startNetwork(): Promise<{ network: Network; folder: string }> {
  const network = await Network.start();
  const folder = network.home.pathOf("hans");
  await Deno.mkdir(join(folder, "lab/deep"), { recursive: true });
  for (const name of FILES) await Deno.writeTextFile(join(folder, name), name);
  return { network, folder };
}

async function published(network: Network): Promise<string[]> {
  return lastObject((await network.once("vader", "lpf", "hans", "--json")).stdout).items;
}

Deno.test("pub takes patterns, and says when one stands for nothing", AS_PROCESSES, async () => {
  const { network, folder } = await startNetwork();
  await using _ = network;
  const pub = (...args: string[]) => network.once("hans", "pub", ...args);
  assertEquals((await pub("*.pdf")).stdout, "2 files published\n");
  assertEquals(await published(network), ["a.pdf", "b.pdf"]);
  assertEquals((await pub("lab/**")).stdout, "2 files published\n");
  const nothing = await pub("*.mkv", "b.txt");
  assertEquals(nothing.code, 9);
  assertMatch(nothing.stdout, /^"\*\.mkv" stands for nothing that the folder has\n/);
  assertEquals((await pub("*.mkv")).code, 3);
  // A name that is there is meant before what it would stand for.
  await pub("x[1].txt");
  assert(!(await published(network)).includes("x1.txt"));
  await Deno.remove(join(folder, "x[1].txt"));
  assertEquals((await pub("x[1].txt")).stdout, "1 file published\n");
  assertEquals((await published(network)).filter((it) => it.startsWith("x")), [
    "x1.txt",
    "x[1].txt",
  ]);
  await Deno.writeTextFile(join(folder, "y.part"), "");
  const skipped = lastObject((await pub("*.part", "--json")).stdout);
  assertEquals([skipped.code, skipped.skipped[0].name], ["partial", "y.part"]);
});

Deno.test(
  "pub takes paths of the folder, and says that others are outside",
  AS_PROCESSES,
  async () => {
    const { network, folder } = await startNetwork();
    await using _ = network;
    const pub = (...args: string[]) => network.once("hans", "pub", ...args);
    assertEquals((await pub("./a.pdf")).stdout, "File published successfully\n");
    assertEquals((await pub(join(folder, "lab/c.pdf"))).stdout, "File published successfully\n");
    assertEquals((await pub(`${folder}/*.txt`)).stdout, "3 files published\n");
    const outside = await pub("/etc/passwd");
    assertEquals(outside.code, 2);
    assertStringIncludes(outside.stderr, `"/etc/passwd" is not in the shared folder, ${folder}`);
    assertEquals((await pub("../vader/x")).code, 2);
    const { stdout } = await network.once("hans", "unp", join(folder, "a.pdf"), "./lab/c.pdf");
    assertEquals(stdout.match(/: File unpublished successfully\n/g)?.length, 2);
  },
);

Deno.test("get and unp take paths of the folder as patterns", AS_PROCESSES, async () => {
  const { network, folder } = await startNetwork();
  await using _ = network;
  await Deno.symlink(folder, network.home.pathOf("way"));
  const { shell } = await network.join("hans");
  await shell.type("pub .");
  await shell.shows("7 files published");
  const mine = network.home.pathOf("vader");
  const gotten = await network.once("vader", "get", `${mine}/lab/**`, "--json");
  assertEquals(lastObject(gotten.stdout).downloaded, ["lab/c.pdf", "lab/deep/d.pdf"]);
  assertEquals((await network.once("vader", "get", "/etc/*.conf")).code, 2);
  const way = network.home.pathOf("way");
  for (const pattern of [`${folder}/*.pdf`, `${way}/lab/*/*.pdf`]) {
    const { stdout } = await network.once("hans", "unp", pattern);
    assertMatch(stdout, /^[12] files? unpublished\n$/);
  }
  assertEquals(await published(network), ["b.txt", "lab/c.pdf", "x1.txt", "x[1].txt"]);
});

Deno.test("quotes in the shell take the meaning of patterns away", AS_PROCESSES, async () => {
  const { network } = await startNetwork();
  await using _ = network;
  const { shell } = await network.join("hans");
  await shell.type('pub "*.pdf"');
  await waitFor(
    "the fault",
    () => shell.stderr.includes('No file can be called "*.pdf": a pattern'),
  );
  await shell.type('pub "x[1].txt" x1.txt');
  await shell.shows('"x1.txt": File published');
  await shell.type('unp "x[1].txt"');
  await shell.shows("File unpublished successfully");
  await shell.type('unp "x[1].txt"');
  await shell.shows("File unpublication failed");
  await shell.type("unp x[1].txt");
  await shell.shows("1 file unpublished");
  await shell.type("pub *.pdf");
  await shell.shows("2 files published");
});

Deno.test("unp takes patterns of what is published, files or not", AS_PROCESSES, async () => {
  const { network, folder } = await startNetwork();
  await using _ = network;
  await network.once("hans", "pub", ".");
  await Deno.remove(join(folder, "a.pdf"));
  const unp = (...args: string[]) => network.once("hans", "unp", ...args);
  const gone = lastObject((await unp("*.pdf", "--json")).stdout);
  assertEquals([gone.name, gone.withdrawn], ["*.pdf", ["a.pdf", "b.pdf"]]);
  assertEquals((await unp("x[1].txt")).stdout, "File unpublished successfully\n");
  assertEquals((await unp("x\\[1].txt")).stdout, "File unpublication failed\n");
  const asPattern = await unp("x[1].txt");
  assertEquals(asPattern.stdout, "1 file unpublished\n");
  assertStringIncludes(
    asPattern.stderr,
    'Nothing is called "x[1].txt", so it is taken for a pattern; "x\\[1\\].txt" means that name alone',
  );
  const nothing = await unp("*.mkv");
  assertEquals([nothing.code, nothing.stdout], [
    3,
    '"*.mkv" stands for nothing that you publish from this folder\n',
  ]);
  assertEquals((await unp("**", "--everywhere")).stdout, "3 files unpublished\n");
  assertEquals(await published(network), []);
});

Deno.test("unp of the whole folder says how to withdraw all", AS_PROCESSES, async () => {
  const { network, folder } = await startNetwork();
  await using _ = network;
  const once = (...args: string[]) => network.once("hans", ...args);
  await once("pub", ".");
  for (const whole of [".", "./", ".//", "lab/..", `${folder}/`]) {
    const { code, stderr } = await once("unp", whole);
    assertEquals([code, stderr], [
      2,
      `"${whole}" is the whole folder: "**" withdraws all that is published from it\n`,
    ]);
  }
  assertEquals((await published(network)).length, FILES.length);
  assertEquals((await once("unp", "**")).stdout, `${FILES.length} files unpublished\n`);
  assertEquals((await once("pub", "")).stderr, 'Cannot publish "": it is empty\n');
});
