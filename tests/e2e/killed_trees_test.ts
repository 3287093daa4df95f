/**
 * A client that is killed while it gets a folder: what has a name is whole, and the next `get` brings
 * the rest.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { readTree, writeTree } from "../support/file_tree.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import { waitFor } from "../support/wait_for.ts";

const FILES = 600;
const FILE_BYTES = 10_000;
/** Files that are there when the client is killed. */
const SOME = 50;

/** The files below `root` that have their names, and their contents. */
async function named(root: string): Promise<Map<string, string>> {
  const tree = await readTree(root).catch(() => new Map<string, string>());
  return new Map([...tree].filter(([path]) => !path.endsWith(".part")));
}

Deno.test("a kill amid a tree leaves whole files only", { ignore: !MAY_RUN }, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  await writeTree(`${hans.folder}/lab`, FILES, FILE_BYTES);
  await hans.shell.ask("pub lab", `${FILES} files published\n`);
  const vader = await network.join("vader");
  await vader.shell.type("get lab/");
  await waitFor("some files", async () => (await named(`${vader.folder}/lab`)).size >= SOME);
  vader.shell.kill("SIGKILL");
  await vader.shell.ends();

  const [all, came] = [await readTree(`${hans.folder}/lab`), await named(`${vader.folder}/lab`)];
  assert(came.size < FILES, "it was killed too late");
  for (const [path, content] of came) assertEquals(content, all.get(path), path);

  const again = await network.rejoin("vader");
  await again.shell.type("get lab/");
  await again.shell.shows(`${FILES - came.size} files downloaded (`, 60_000);
  // Of a file that was just being named the part file may be there as well.
  assertEquals(await named(`${vader.folder}/lab`), all);
  await again.shell.ask("get lab/", `${FILES} files already there\n`);
});
