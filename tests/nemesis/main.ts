/**
 * `deno task nemesis`: a fleet of two servers on three nodes of etcd, with simulated and real clients,
 * to which faults happen. The exit code is 1 if anything happened that could not happen at one index
 * that never fails. It takes Linux, root, iproute2, nftables and etcd.
 *
 * - `--seed N` decides what happens; a number, printed by every trial
 * - `--seconds N` is how long there are faults (60)
 * - `--members N` is how many simulated clients there are (200)
 * - `--only WHAT:FAULT` has one kind of fault happen, such as `node:stop` or `server:link`
 * - `--logs FOLDER` keeps what the servers have logged, and what the clients saw
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { toStdout, written } from "../../lib/cli/write.ts";
import { Nemesis } from "./nemesis.ts";
import { FAULTS } from "./nemesis_plan.ts";
import { reportOf } from "./nemesis_report.ts";
import { FAKE_TIME, HAS_DISKS, WHY_NOT } from "./needs.ts";

const HIGHEST_SEED = 2 ** 31;
/** Violations that are shown. */
const MOST_SHOWN = 20;

async function main(): Promise<number> {
  const flags = parseArgs(Deno.args, { string: ["seed", "seconds", "members", "only", "logs"] });
  const seed = Number(flags.seed ?? Math.floor(Math.random() * HIGHEST_SEED));
  const seconds = Number(flags.seconds ?? 60);
  const members = Number(flags.members ?? 200);
  const only = FAULTS.get(String(flags.only));
  if (flags.only !== undefined && !only) return unknownFault(String(flags.only));
  tell(`--seed ${seed}: ${members} clients, ${seconds} s of faults`);
  if (FAKE_TIME === undefined) tell("No clock jumps: faketime is not installed");
  const options = { seed, seconds, members, hasDisks: HAS_DISKS, fakeTime: FAKE_TIME, only };
  await using nemesis = await Nemesis.start(options);
  await nemesis.run(tell);
  if (flags.logs) await nemesis.keepLogs(String(flags.logs));
  for (const line of [...reportOf(nemesis), ...nemesis.violations.slice(0, MOST_SHOWN)]) tell(line);
  return nemesis.violations.length === 0 ? 0 : 1;
}

function unknownFault(text: string): number {
  tell(`There is no fault "${text}"; there is ${[...FAULTS.keys()].join(", ")}`);
  return 2;
}

function tell(text: string): void {
  toStdout(`${text}\n`);
}

if (import.meta.main) {
  if (WHY_NOT !== undefined) tell(WHY_NOT);
  const code = WHY_NOT === undefined ? await main() : 2;
  await written();
  Deno.exit(code);
}
