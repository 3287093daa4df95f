/**
 * What a user with many files waits for, by the real programs, against a user without any.
 *
 * @module
 */

import { writeTree } from "../../tests/support/file_tree.ts";
import { Network, type ShellUser } from "../../tests/support/network.ts";
import { peakMemory } from "../proc.ts";
import { compare, joinResults, type PartOptions, type Result } from "../table.ts";

const COUNTS = { full: [100, 1_000, 10_000, 100_000], quick: [100, 1_000] };
const FILE_BYTES = 300;
const ROUNDS = 5;
const LONGEST_MS = 600_000;
const PROMPT = "Available commands are:";

/** Measures shares of different sizes. */
export async function measureShares({ signal, isQuick }: PartOptions): Promise<Result> {
  const results: Result[] = [];
  for (const count of isQuick ? COUNTS.quick : COUNTS.full) {
    signal.throwIfAborted();
    results.push(await measureShare(count));
  }
  return joinResults(results);
}

/** Hans has `count` files, and vader none. */
async function measureShare(count: number): Promise<Result> {
  await using network = await Network.start();
  const hans = await network.join("hans");
  await network.join("vader");
  await writeTree(`${hans.folder}/lab`, count, FILE_BYTES);
  const first = await timed(async () => {
    await hans.shell.type("pub lab");
    await hans.shell.shows(`${count} files published`, LONGEST_MS);
  });
  const memoryThen = memoryOf(hans);
  const laps = await inTurn((user) => timed(() => succeeds(network, user, "lap")));
  await leave(hans);
  const prompts = await inTurn((user) => timePrompt(network, user));
  const again = await network.rejoin("hans");
  const last = `lab/part ${Math.floor((count - 1) / 100) % 10}/unit${
    Math.floor((count - 1) / 100)
  }/file-${count - 1}.bin`;
  const served = await timed(() => succeeds(network, "vader", "get", last));
  const unchanged = await timed(() => succeeds(network, "hans", "pub", "lab"));
  return {
    rows: [
      compare(`lap by a user with ${count} files, ms`, ...laps, { lessIsBetter: true }),
      compare(`prompt of a user with ${count} files, ms`, ...prompts, { lessIsBetter: true }),
    ],
    notes: [
      `${count} files of ${FILE_BYTES} bytes: first pub ${(count / first * 1_000).toFixed(0)} ` +
      `files/s; one of the last was fetched by a command within ${
        seconds(served)
      } of the prompt; ` +
      `pub of them unchanged by a command beside the shell ${seconds(unchanged)}; peak memory of ` +
      `the shell ${memoryThen} MiB after the first pub, ${memoryOf(again)} MiB after a restart`,
    ],
  };
}

/** How long hans and vader wait, turn by turn, in milliseconds. */
async function inTurn(
  measure: (user: string) => Promise<number>,
): Promise<[many: number[], none: number[]]> {
  const [many, none]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    many.push(await measure("hans"));
    none.push(await measure("vader"));
  }
  return [many, none];
}

async function timePrompt(network: Network, user: string): Promise<number> {
  const began = performance.now();
  const member = await network.begin(user);
  await member.shell.shows(PROMPT);
  const ms = performance.now() - began;
  await leave(member);
  return ms;
}

async function leave({ shell }: ShellUser): Promise<void> {
  await shell.type("xit");
  await shell.ends();
}

async function succeeds(network: Network, user: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await network.once(user, ...args);
  if (code !== 0) throw new Error(`${user} could not ${args.join(" ")}: ${stderr}`);
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

function memoryOf({ shell }: ShellUser): string | undefined {
  return peakMemory(shell.pid)?.toFixed(0);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
