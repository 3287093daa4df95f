/**
 * How many bytes a second go from disk to disk, against a bare copy over TCP.
 *
 * @module
 */

import { COPY_BYTES } from "../../lib/protocol/limits.ts";
import { alternate } from "../rounds.ts";
import { compare, type Result } from "../table.ts";
import { FILE_BYTES, FILE_NAME, makeFile } from "./file.ts";
import { Pair, type Transfer } from "./pair.ts";

/** What the project wants to reach. */
const AIM = 0.9;
const ROUNDS = { rounds: 5, warmUps: 1 };

/** Measures transfers of one file, all in `folder`. */
export async function measureTransfers(folder: string, signal: AbortSignal): Promise<Result> {
  const [source, target] = [`${folder}/source`, `${folder}/target`];
  for (const path of [source, target]) await Deno.mkdir(path);
  await makeFile(`${source}/${FILE_NAME}`, signal);
  await using our = await Pair.start({ whose: "our", source, target, signal });
  await using bare = await Pair.start({ whose: "bare", source, target, signal });
  const turns = { our: () => our.transfer(), bare: () => bare.transfer() };
  const transfers = await alternate(turns, ROUNDS);
  return {
    rows: toRows(transfers),
    notes: [
      `transfers: ${FILE_BYTES / 2 ** 20} MiB from file to file through ${
        COPY_BYTES / 1_024
      } KiB ` +
      `buffers, ${ROUNDS.rounds} rounds; bare copies between two processes of its own`,
      `peak memory, source + downloader: ours ${our.describeMemory()}, ` +
      `bare ${bare.describeMemory()}`,
    ],
  };
}

function toRows({ our, bare }: Record<"our" | "bare", Transfer[]>) {
  const speed = (of: "writtenMs" | "finishedMs") => (transfer: Transfer) => {
    return transfer.bytes / 1e6 / (transfer[of] / 1_000);
  };
  const finished = speed("finishedMs");
  const written = speed("writtenMs");
  return [
    compare("transfer, MB/s, fdatasync done", our.map(finished), bare.map(finished), { aim: AIM }),
    compare("transfer, MB/s, before fdatasync", our.map(written), bare.map(written)),
  ];
}
