/**
 * A folder of many small files by the real programs, against a copy with the same work on the disk.
 *
 * @module
 */

import { walk } from "@std/fs/walk";
import { dirname } from "@std/path";
import { forEachPooled } from "../../lib/async/pooled.ts";
import { unlessAborted } from "../../lib/async/until_aborted.ts";
import { writeTree } from "../../tests/support/file_tree.ts";
import { Network, type ShellUser } from "../../tests/support/network.ts";
import { peakMemory } from "../proc.ts";
import { compare, type PartOptions, type Result } from "../table.ts";

const FILES = { full: 100_000, quick: 2_000 };
const FILE_BYTES = 10_000;
const AT_ONCE = 16;
const LONGEST_MS = 3_600_000;

/** Measures the first and the second `get` of a folder. */
export async function measureSmallFiles({ folder, signal, isQuick }: PartOptions): Promise<Result> {
  const count = isQuick ? FILES.quick : FILES.full;
  await using network = await Network.start();
  const [hans, vader] = [await network.join("hans"), await network.join("vader")];
  await writeTree(`${hans.folder}/lab`, count, FILE_BYTES);
  const rate = async (run: Promise<unknown>) => {
    const began = performance.now();
    await unlessAborted(run, signal);
    return count / (performance.now() - began) * 1_000;
  };
  const tell = async ({ shell }: ShellUser, line: string, expected: string) => {
    await shell.type(line);
    await shell.shows(`${count} files ${expected}`, LONGEST_MS);
  };
  const pub = await rate(tell(hans, "pub lab", "published\n"));
  const memory = () =>
    [hans, vader].map(({ shell }) => peakMemory(shell.pid)?.toFixed(0)).join(" + ");
  const before = memory();
  const bare = await rate(copyTree(`${hans.folder}/lab`, `${folder}/copy`));
  const get = await rate(tell(vader, "get lab/", "downloaded ("));
  const again = await rate(tell(vader, "get lab/", "already there\n"));
  return {
    rows: [
      compare("get of files of 10 KB, files/s", [get], [bare]),
      compare("the second get of them, files/s", [again], [bare]),
      compare("pub of them, files/s", [pub], [bare]),
    ],
    notes: [
      `small files: ${count}; bare: copied in one process, ${AT_ONCE} at once, each on the disk ` +
      `before it gets its name; peak memory of source + downloader ${before} MiB before the first ` +
      `get, ${memory()} MiB after the second`,
    ],
  };
}

async function copyTree(from: string, to: string): Promise<void> {
  const paths = await Array.fromAsync(walk(from, { includeDirs: false }), ({ path }) => path);
  await forEachPooled(AT_ONCE, paths, async (path) => {
    const target = to + path.slice(from.length);
    await Deno.mkdir(dirname(target), { recursive: true });
    {
      using file = await Deno.open(`${target}.part`, { write: true, createNew: true });
      await file.write(await Deno.readFile(path));
      await file.syncData();
    }
    await Deno.rename(`${target}.part`, target);
  });
}
