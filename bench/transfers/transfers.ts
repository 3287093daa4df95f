/**
 * How many bytes a second go from disk to disk, against a bare copy over TCP.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { COPY_BYTES } from "../../lib/protocol/limits.ts";
import type { Child } from "../child.ts";
import { MIB, writeBigFile } from "../../tests/support/big_file.ts";
import { Contenders } from "../contenders.ts";
import { peakMemory } from "../proc.ts";
import { alternate, median } from "../rounds.ts";
import { compare, type PartOptions, type Result } from "../table.ts";
import type { Transfer } from "./downloader.ts";
import { FIRST_BYTES, type Kind, type Source } from "./source.ts";

const NAME = "big.bin";
const FULL = { mebibytes: 1_024, rounds: 4, warmUps: 1, restMs: 5_000 };
const QUICK = { mebibytes: 64, rounds: 1, warmUps: 0, restMs: 0 };

/** How often the beginning of the file is read. */
const STREAMS = 20;

/** What the project wants to reach. */
const AIMS = { plain: 0.9, sealed: 0.4 };

/** What is compared, and with how many sources. */
const PAIRS = { plain: 1, sealed: 1, "sealed of four sources": 4, bare: 1 };
type Name = keyof typeof PAIRS;

/** The flags of the task that runs the client. */
const CLIENT_FLAGS = ["--v8-flags=--max-semi-space-size=1"];

/** Processes that send a file, and one that receives it. */
interface Pair {
  readonly sources: readonly Child[];
  readonly downloader: Child;
}

/** Measures transfers of one file. */
export async function measureTransfers({ folder, signal, isQuick }: PartOptions): Promise<Result> {
  const { mebibytes, restMs, ...rounds } = isQuick ? QUICK : FULL;
  await writeBigFile(`${folder}/${NAME}`, mebibytes);
  await syncFile(`${folder}/${NAME}`);
  await Deno.mkdir(`${folder}/target`);
  await using contenders = new Contenders(folder, signal);
  const start = (script: string, ...args: string[]) => {
    return contenders.start(`transfers/${script}.ts`, args, { flags: CLIENT_FLAGS });
  };
  const pairs = {} as Record<Name, Pair>;
  for (const [name, count] of Object.entries(PAIRS) as [Name, number][]) {
    const kind = name.split(" ")[0] as Kind;
    const sources = Array.from({ length: count }, () => start("source", kind, folder, NAME));
    const known = await Promise.all(sources.map((source) => source.next<Source>()));
    const args = [JSON.stringify(known), `${folder}/target`, String(mebibytes * MIB)];
    pairs[name] = { sources, downloader: start("downloader", kind, ...args) };
  }
  const turns = Object.entries(pairs).map(([name, { downloader }]) => {
    // A pause lets the disk forget the turn before, for whose writing the next one would pay.
    const turn = () => delay(restMs).then(() => transfer(downloader, `${folder}/target`));
    return [name, turn];
  });
  const transfers = await alternate<Name, Transfer>(Object.fromEntries(turns), rounds);
  const firstMs = median(transfers.sealed.map(({ firstMs }) => firstMs));
  const memory = Object.entries(pairs).map(describeMemory).join("; ");
  const streamedMs: number[] = [];
  for (let i = 0; i < STREAMS; i++) {
    streamedMs.push(await pairs.sealed.downloader.ask<number>(FIRST_BYTES));
  }
  const notes = [
    `transfers: ${mebibytes} MiB, ${rounds.rounds} rounds, buffers of ${COPY_BYTES / 1_024} KiB`,
    `peak memory, source + downloader: ${memory}`,
    `the first piece is there, verified, after ${firstMs.toFixed(1)} ms`,
    `cat writes its first bytes ${
      median(streamedMs).toFixed(1)
    } ms after the connection is there, ` +
    `at most ${Math.max(...streamedMs).toFixed(1)} ms`,
  ];
  return { rows: rowsOf(transfers), notes };
}

/** Waits until the file is on the disk: the first transfer would pay for its writing. */
async function syncFile(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.sync();
}

/** Transfers the file once, checks its size and removes the copy. */
async function transfer(downloader: Child, target: string): Promise<Transfer> {
  const transfer = await downloader.ask<Transfer>(NAME);
  const { size } = await Deno.stat(`${target}/${NAME}`);
  await Deno.remove(`${target}/${NAME}`);
  if (size === transfer.bytes) return transfer;
  throw new Error(`a transfer brought ${transfer.bytes} bytes, ${size} of them on the disk`);
}

/** The most memory that each process ever held. */
function describeMemory([name, { sources, downloader }]: [string, Pair]): string {
  const text = (child: Child) => peakMemory(child.pid)?.toFixed(0) ?? "?";
  return `${name} ${sources.map(text).join(", ")} + ${text(downloader)} MiB`;
}

function rowsOf(transfers: Record<Name, readonly Transfer[]>) {
  const row = (name: Name, of: "writtenMs" | "finishedMs", aim?: number) => {
    const speeds = (name: Name) => transfers[name].map((one) => one.bytes / 1e3 / one[of]);
    const when = of === "finishedMs" ? "fdatasync done" : "before fdatasync";
    const title = name.includes(" ") ? name.replace(" ", " transfer ") : `${name} transfer`;
    return compare(`${title}, MB/s, ${when}`, speeds(name), speeds("bare"), { aim });
  };
  return [
    row("plain", "finishedMs", AIMS.plain),
    row("plain", "writtenMs"),
    row("sealed", "finishedMs", AIMS.sealed),
    row("sealed", "writtenMs"),
    row("sealed of four sources", "writtenMs"),
  ];
}
