/**
 * How many bytes a second go from disk to disk, against a bare copy over TCP.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { COPY_BYTES } from "../../lib/protocol/limits.ts";
import { alternate, median } from "../rounds.ts";
import { compare, type Result } from "../table.ts";
import { FILE_BYTES, FILE_NAME, makeFile } from "./file.ts";
import { Pair, type Transfer } from "./pair.ts";

/** What the project wants to reach. */
const PLAIN_AIM = 0.9;
const SEALED_AIM = 0.4;
type Transfers = Record<"our" | "sealed" | "four" | "bare", Transfer[]>;

const ROUNDS = { rounds: 4, warmUps: 1 };
/** Pause before each turn, in milliseconds. */
const REST_MS = 5_000;

/** Measures transfers of one file, all in `folder`. */
export async function measureTransfers(folder: string, signal: AbortSignal): Promise<Result> {
  const [source, target] = [`${folder}/source`, `${folder}/target`];
  for (const path of [source, target]) await Deno.mkdir(path);
  await makeFile(`${source}/${FILE_NAME}`, signal);
  await using our = await Pair.start({ whose: "our", source, target, signal });
  await using sealed = await Pair.start({ whose: "sealed", source, target, signal });
  await using four = await Pair.start({ whose: "sealed", sources: 4, source, target, signal });
  await using bare = await Pair.start({ whose: "bare", source, target, signal });
  const turns = {
    our: rested(() => our.transfer()),
    sealed: rested(() => sealed.transfer()),
    four: rested(() => four.transfer()),
    bare: rested(() => bare.transfer()),
  };
  const transfers = await alternate(turns, ROUNDS);
  return {
    rows: toRows(transfers),
    notes: [
      `transfers: ${FILE_BYTES / 2 ** 20} MiB from file to file through ${
        COPY_BYTES / 1_024
      } KiB ` +
      `buffers, ${ROUNDS.rounds} rounds; bare copies between two processes of its own`,
      `peak memory, source + downloader: plain ${our.describeMemory()}, sealed ` +
      `${sealed.describeMemory()}, of four ${four.describeMemory()}, bare ${bare.describeMemory()}`,
      `the first piece is there, verified, after ${firstMs(transfers.sealed)} ms`,
    ],
  };
}

/** Lets the disk forget the turn before: what it still writes, the next one would pay for. */
function rested<T>(turn: () => Promise<T>): () => Promise<T> {
  return () => delay(REST_MS).then(turn);
}

/** The median time to the first piece. */
function firstMs(transfers: readonly Transfer[]): string {
  return median(transfers.map(({ firstMs = NaN }) => firstMs)).toFixed(1);
}

function toRows({ our, sealed, four, bare }: Transfers) {
  const speed = (of: "writtenMs" | "finishedMs") => (transfer: Transfer) => {
    return transfer.bytes / 1e6 / (transfer[of] / 1_000);
  };
  const row = (name: string, ours: Transfer[], of: "writtenMs" | "finishedMs", aim?: number) => {
    const comparison = aim === undefined ? {} : { aim };
    return compare(name, ours.map(speed(of)), bare.map(speed(of)), comparison);
  };
  return [
    row("plain transfer, MB/s, fdatasync done", our, "finishedMs", PLAIN_AIM),
    row("plain transfer, MB/s, before fdatasync", our, "writtenMs"),
    row("sealed transfer, MB/s, fdatasync done", sealed, "finishedMs", SEALED_AIM),
    row("sealed transfer, MB/s, before fdatasync", sealed, "writtenMs"),
    row("sealed transfer of four sources, MB/s, before fdatasync", four, "writtenMs"),
  ];
}
