/**
 * Folders full of files. `deno task soak` does it with ten times as many.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { toStderr } from "../../lib/cli/write.ts";
import { readTree, writeTree } from "../support/file_tree.ts";
import { Network } from "../support/network.ts";
import { MAY_RUN } from "../support/permission.ts";
import type { Program } from "../support/program.ts";
import { waitFor } from "../support/wait_for.ts";

const AS_PROCESSES = { ignore: !MAY_RUN };
const IS_SOAK = MAY_RUN && Deno.env.get("BITTRICKLE_SOAK") === "1";
const FILES = IS_SOAK ? 10_000 : 1_000;
const FILE_BYTES = 10_000;
/** What a machine with nothing else to do must reach; the gate runs many tests at once. */
const LEAST_PER_SECOND = IS_SOAK ? 300 : 0;

/** Types `line`, waits for `expected`, and returns how many files a second that were. */
async function rateOf(shell: Program, line: string, expected: string): Promise<number> {
  const started = performance.now();
  await shell.type(line);
  await shell.shows(expected, 300_000);
  return FILES / (performance.now() - started) * 1_000;
}

Deno.test("a tree of many files is got as it is, and only once", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const hans = await network.join("hans");
  const vader = await network.join("vader");
  await writeTree(`${hans.folder}/lab`, FILES, FILE_BYTES);
  const pub = await rateOf(hans.shell, "pub lab", `${FILES} files published\n`);
  const get = await rateOf(vader.shell, "get lab/", `${FILES} files downloaded (`);
  assertEquals(await readTree(`${vader.folder}/lab`), await readTree(`${hans.folder}/lab`));
  const again = await rateOf(vader.shell, "get lab/", `${FILES} files already there\n`);
  if (IS_SOAK) {
    const [p, g, a] = [pub, get, again].map(Math.round);
    await toStderr(`${FILES} files: pub ${p}/s, get ${g}/s, and again ${a}/s\n`);
  }
  assert(get >= LEAST_PER_SECOND, `only ${get} files a second`);
});

Deno.test("what is not published of a folder is named", AS_PROCESSES, async () => {
  await using network = await Network.start();
  const { shell, folder } = await network.join("hans");
  await Deno.mkdir(`${folder}/lab/.git`, { recursive: true });
  for (const name of ["notes.txt", ".hidden", "film.part", ".git/config"]) {
    await Deno.writeTextFile(`${folder}/lab/${name}`, name);
  }
  await Deno.symlink("/etc/hostname", `${folder}/lab/link`);
  await shell.ask("pub lab", "1 file published\n");
  await waitFor("the last of the skipped", () => shell.stdout.includes('"lab/link"'));
  for (const name of ["lab/.hidden", "lab/film.part", "lab/.git/", "lab/link"]) {
    assertStringIncludes(shell.stdout, `Skipped "${name}": `);
  }
  const listed = await network.once("vader", "lpf", "hans");
  assertEquals(listed.stdout, "1 file published:\nlab/notes.txt\n");
});
