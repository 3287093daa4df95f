/**
 * What it costs to watch a folder in which nothing happens, against a client that only serves it.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { writeTree } from "../../tests/support/file_tree.ts";
import { Network } from "../../tests/support/network.ts";
import { peakMemory, processTime } from "../proc.ts";
import type { PartOptions, Result } from "../table.ts";

const FILES = { full: 10_000, quick: 500 };
const IDLE_MS = { full: 60_000, quick: 5_000 };
const FILE_BYTES = 300;
const LONGEST_MS = 300_000;

/** Begins when all is quiet after the first look, in milliseconds. */
const CALM_MS = 10_000;

const WAYS = [[], ["--watch"], ["--poll"]];

/** Measures the processor time and the memory of clients that share 10,000 files. */
export async function measureWatching({ signal, isQuick }: PartOptions): Promise<Result> {
  const count = isQuick ? FILES.quick : FILES.full;
  const idleMs = isQuick ? IDLE_MS.quick : IDLE_MS.full;
  await using network = await Network.start();
  await writeTree(network.home.pathOf("hans/lab"), count, FILE_BYTES);
  const notes: string[] = [];
  for (const way of WAYS) {
    signal.throwIfAborted();
    const { shell } = await network.begin("hans", "share", ...way);
    await shell.shows("Ready: ", LONGEST_MS);
    await delay(CALM_MS, { signal });
    const before = processTime(shell.pid);
    await delay(idleMs, { signal });
    const share = (processTime(shell.pid) - before) / idleMs;
    shell.kill("SIGTERM");
    const memory = peakMemory(shell.pid)?.toFixed(0);
    await shell.ends();
    notes.push(
      `${["share", ...way].join(" ")} of ${count} files in which nothing happens: ` +
        `${(100 * share).toFixed(2)} % of a processor; peak memory ${memory} MiB`,
    );
  }
  return { rows: [], notes };
}
