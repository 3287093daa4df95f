/**
 * Trees that cannot be fetched to the end: what has come is there, and why it ended is said.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { writeTree } from "../support/file_tree.ts";
import { Network, type ShellUser } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { RelayedNetwork } from "../support/relayed_network.ts";
import { CAN_MOUNT, TinyDisk } from "../support/tiny_disk.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const FILES = 40;
const FILE_BYTES = 400_000;

/** Publishes a tree of `count` files in the folder of `member`. */
async function publishTree({ shell, folder }: ShellUser, count: number, bytes: number) {
  await writeTree(`${folder}/lab`, count, bytes);
  await shell.ask("pub lab", `${count} files published\n`);
}

/** How many whole files are below the folder. */
async function filesIn(folder: string): Promise<number> {
  let count = 0;
  try {
    for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) count += await filesIn(`${folder}/${name}`);
      if (isFile && !name.endsWith(".part")) count++;
    }
  } catch {
    // It is not there yet.
  }
  return count;
}

Deno.test("Ctrl-C during get folder/ says so, and what is left", AS_PROCESSES, async () => {
  await using network = await RelayedNetwork.start({ bytesPerSecond: 2_000_000 });
  await publishTree(await network.join("hans"), FILES, FILE_BYTES);
  const { shell, folder } = await network.begin("vader", "get", "lab/");
  await waitFor("some of it", async () => await filesIn(folder) > 2);
  shell.kill("SIGINT");
  assertEquals(await shell.ends(), 130, shell.stderr);
  assertStringIncludes(shell.stdout, "Stopped: interrupted\n");
  const [, left] = / ([0-9]+) files left\n/.exec(shell.stdout) ?? [];
  assertEquals(Number(left) + await filesIn(`${folder}/lab`), FILES);
});

Deno.test("a server that dies during get folder/ ends it in time", AS_PROCESSES, async () => {
  await using network = await Network.start();
  await publishTree(await network.join("hans"), 1_000, 1_000);
  const { shell, folder } = await network.begin("vader", "get", "lab/", "--patience", "2");
  await waitFor("some of it", async () => await filesIn(folder) > 2);
  network.server.kill("SIGKILL");
  const began = performance.now();
  assertEquals(await shell.ends(), 4, shell.stdout + shell.stderr);
  assert(performance.now() - began < 15_000);
  assertStringIncludes(shell.stdout, "Stopped: No answer from the index");
  assert(!`${shell.stdout}${shell.stderr}`.includes("Cannot complete the mapping"));
});

Deno.test("a disk that is full during get folder/ ends it", { ignore: !CAN_MOUNT }, async () => {
  await using network = await Network.start();
  await publishTree(await network.join("hans"), 20, FILE_BYTES);
  const disk = await network.home.makeFolder("disk");
  await using _ = await TinyDisk.mount(disk, "size=3m");
  const { shell } = await network.begin("vader", "get", "lab/", "--dir", disk);
  assertEquals(await shell.ends(), 7, shell.stderr);
  assert(/Cannot write "lab\/[^"]+": the disk /.test(shell.stdout), shell.stdout);
  const there = await filesIn(`${disk}/lab`);
  assert(there > 0 && there < 20, `${there} files`);
  assertStringIncludes(shell.stdout, `${there} files downloaded (`);
});
