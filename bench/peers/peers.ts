/**
 * One file over loopback by this client and by what people would use instead.
 *
 * @module
 */

import { MIB, writeBigFile } from "../../tests/support/big_file.ts";
import { descendantsTime } from "../proc.ts";
import { alternate } from "../rounds.ts";
import { compare, type PartOptions, type Result } from "../table.ts";
import { NAME, run, TOOLS } from "./tools.ts";

const FULL = { mebibytes: 1_024, rounds: 5, warmUps: 1 };
const QUICK = { mebibytes: 128, rounds: 1, warmUps: 0 };
/** What the project wants to reach, of scp. */
const AIMS: Readonly<Record<string, number>> = { ours: 1.25 };

/** One transfer: MB/s, and processor seconds of both sides. */
interface Transfer {
  readonly speed: number;
  readonly cpu: number;
}

/** Measures what is installed. */
export async function measurePeers({ folder, signal, isQuick }: PartOptions): Promise<Result> {
  const { mebibytes, ...rounds } = isQuick ? QUICK : FULL;
  for (const name of ["source", "target"]) await Deno.mkdir(`${folder}/${name}`);
  await writeBigFile(`${folder}/source/${NAME}`, mebibytes);
  await using stack = new AsyncDisposableStack();
  const turns: Record<string, () => Promise<Transfer>> = {};
  const notes = [`peers: ${mebibytes} MiB, ${rounds.rounds} rounds; bare is scp, or else ours`];
  for (const [name, { needs, start }] of Object.entries(TOOLS)) {
    try {
      await run(needs, signal);
      const fetch = await start({ folder, signal, stack });
      turns[name] = () => transfer(fetch, `${folder}/target/${NAME}`, mebibytes * MIB, signal);
    } catch (error) {
      signal.throwIfAborted();
      notes.push(`${name}: skipped, as it is not installed or does not start (${error})`);
    }
  }
  const of = await alternate(turns, rounds);
  const rows = (title: string, field: keyof Transfer, lessIsBetter: boolean) => {
    const values = (name: string) => of[name]!.map((one) => one[field]);
    const bare = values(of["scp"] ? "scp" : "ours");
    return Object.keys(of).map((name) => {
      const aim = lessIsBetter ? undefined : AIMS[name];
      return compare(`${name}, ${title}`, values(name), bare, { aim, lessIsBetter });
    });
  };
  const cpu = rows("CPU s of both sides", "cpu", true);
  return { rows: [...rows("MB/s", "speed", false), ...cpu], notes };
}

/** Brings the file once, and removes it. */
async function transfer(
  fetch: () => Promise<unknown>,
  path: string,
  size: number,
  signal: AbortSignal,
): Promise<Transfer> {
  signal.throwIfAborted();
  const [began, before] = [performance.now(), descendantsTime()];
  await fetch();
  const seconds = (performance.now() - began) / 1_000;
  const cpu = descendantsTime() - before;
  const came = await Deno.stat(path);
  if (came.size !== size) throw new Error(`${came.size} of ${size} bytes came`);
  await Deno.remove(path);
  return { speed: size / 1e6 / seconds, cpu };
}
