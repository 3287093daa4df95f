/**
 * `deno task release [--out DIR] [--target TRIPLE]… [--releases URL]`: makes the files of a release
 * from the commit that is checked out. See docs/releasing.md.
 *
 * @module
 */

import { join } from "@std/path";
import { exitCodeFor, exitCodeOf } from "../lib/cli/exit_code.ts";
import { parseFlags } from "../lib/cli/parse_flags.ts";
import { toStderr, toStdout, written } from "../lib/cli/write.ts";
import { copyPackages } from "./packages.ts";
import { checksumsOf, commonFiles, type ReleaseFile, targetFiles } from "./release.ts";
import { SourceTree, uncommitted } from "./source_tree.ts";
import { type Target, TARGETS } from "./targets.ts";

const USAGE = "deno task release [--out DIR] [--target TRIPLE]… [--releases URL]";

const TAKEN = "the executables will differ from those of others, since FOLDER is there already: " +
  "remove it if no other release is being made\n";

const DONE = 0;
const WRONG = exitCodeFor("usage");
const SOME_MISSING = exitCodeFor("partial");

if (import.meta.main) {
  const code = await run(Deno.args).catch(report);
  await written();
  Deno.exit(code);
}

function report(error: unknown): number {
  toStderr(`${error instanceof Error ? error.message : error}\n`);
  return exitCodeOf(error);
}

async function run(args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, ["out", "target", "releases"], []);
  const targets = "asks" in flags ? undefined : targetsNamed(flags.texts("target"));
  if ("asks" in flags || !targets || flags.arguments.length > 0) {
    toStderr(`${USAGE}\nTargets: ${TARGETS.map(({ triple }) => triple).join(", ")}\n`);
    return WRONG;
  }
  const out = flags.text("out") ?? "dist/release";
  return await makeRelease(out, targets, flags.text("releases") ?? null);
}

/** Those named, or all; `undefined` if one is not known. */
function targetsNamed(names: readonly string[]): Target[] | undefined {
  if (names.length === 0) return [...TARGETS];
  const found = names.map((name) => TARGETS.find(({ triple }) => triple === name));
  return found.includes(undefined) ? undefined : found as Target[];
}

async function makeRelease(
  out: string,
  targets: readonly Target[],
  releases: string | null,
): Promise<number> {
  for (const line of await uncommitted()) {
    toStderr(`not in the release, as in no commit: ${line}\n`);
  }
  await using tree = await SourceTree.checkOut(releases);
  toStdout(`BitTrickle ${tree.config.version}, commit ${tree.commit.hash}\n`);
  if (tree.taken !== undefined) toStderr(TAKEN.replace("FOLDER", tree.taken));
  await copyPackages(tree);
  await Deno.mkdir(out, { recursive: true });
  let isAll = true;
  const files: ReleaseFile[] = [];
  for (const target of targets) {
    const made = await targetFiles(tree, target);
    if (typeof made === "string") {
      isAll = false;
      toStderr(`NOT MADE: ${target.triple}: no runtime can be had: ${made}\n`);
    } else files.push(...await write(out, made));
  }
  files.push(...await write(out, await commonFiles(tree, releases)));
  await write(out, [await checksumsOf(files)]);
  return isAll ? DONE : SOME_MISSING;
}

async function write(out: string, files: readonly ReleaseFile[]): Promise<readonly ReleaseFile[]> {
  for (const { name, content } of files) {
    await Deno.writeFile(join(out, name), content);
    toStdout(`${join(out, name)}  ${(content.length / 1e6).toFixed(1)} MB\n`);
  }
  return files;
}
