/**
 * `deno task soak:networks`: twenty clients whose links lose, move, sleep and return, for ten
 * minutes. It takes Linux, root, iproute2 and nftables.
 *
 * - `BITTRICKLE_SEED` decides what happens; a number, printed by every trial
 * - `BITTRICKLE_SECONDS` is how long there are faults (600)
 * - `BITTRICKLE_CLIENTS` is how many clients there are (20)
 * - `BITTRICKLE_LOGS` is a folder that keeps what the programs wrote
 * - `BITTRICKLE_FAULTS` is which kinds of faults there are, as `loss,cable` (all)
 *
 * @module
 */

import { toStdout, written } from "../../lib/cli/write.ts";
import { NamespacedNetwork } from "../support/namespaced_network.ts";
import { CAN_MAKE_NAMESPACES } from "../support/namespaces.ts";
import { seededRandom } from "../support/seeded.ts";
import { CLIENT_FAULTS, INDEX_FAULTS, planFaults, type PlannedKind } from "./fault_plan.ts";
import { NetworkSoak } from "./network_soak.ts";
import { planFiles } from "./shared_files.ts";
import { type SoakClients, startClients, userOf } from "./soak_clients.ts";
import { reportOf } from "./soak_report.ts";

const INTERRUPTED = 130;
const HIGHEST_SEED = 2 ** 31;

/** Runs a trial, tells of it and returns the exit code. */
async function soakNetworks(stopped: AbortSignal): Promise<number> {
  const { seed, seconds, clients, kinds, logs } = readSettings();
  tell(`BITTRICKLE_SEED=${seed}: ${clients} clients, ${seconds} s of faults`);
  const random = seededRandom(seed);
  const files = planFiles(random, clients);
  const ms = seconds * 1_000;
  const faults = planFaults(random, { clients, ms, kinds });
  const users = Array.from({ length: clients }, (_, client) => userOf(client));
  await using network = await NamespacedNetwork.start({ users });
  const started = await startClients(network, clients, files);
  const soak = new NetworkSoak(network, started, { seed, ms, faults }, { stopped, tell });
  await soak.run();
  if (logs) await keepLogs(logs, network, started);
  if (stopped.aborted) return INTERRUPTED;
  tell(reportOf(soak));
  return soak.result.violations.counts.size === 0 ? 0 : 1;
}

/** Writes down what the clients have written, and the index since it was started last. */
async function keepLogs(
  folder: string,
  { server }: NamespacedNetwork,
  { downloaders }: SoakClients,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const programs = downloaders.map(({ member: { user, shell } }) => [user, shell] as const);
  for (const [name, { stdout, stderr }] of [...programs, ["index", server] as const]) {
    await Deno.writeTextFile(`${folder}/${name}.log`, `${stdout}\n${stderr}`);
  }
}

function readSettings() {
  const possible: readonly PlannedKind[] = [...CLIENT_FAULTS, ...INDEX_FAULTS];
  const wanted = Deno.env.get("BITTRICKLE_FAULTS")?.split(",");
  return {
    seed: numberFrom("BITTRICKLE_SEED", Math.floor(Math.random() * HIGHEST_SEED)),
    seconds: numberFrom("BITTRICKLE_SECONDS", 600),
    clients: numberFrom("BITTRICKLE_CLIENTS", 20),
    logs: Deno.env.get("BITTRICKLE_LOGS"),
    kinds: possible.filter((kind) => !wanted || wanted.includes(kind)),
  };
}

function numberFrom(name: string, usual: number): number {
  return Number(Deno.env.get(name) || usual);
}

function tell(text: string): void {
  toStdout(`${text}\n`);
}

if (import.meta.main) {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => stopping.abort());
  }
  if (CAN_MAKE_NAMESPACES) {
    const code = await soakNetworks(stopping.signal);
    await written();
    Deno.exit(code);
  }
  tell("This takes network namespaces: run it as root on Linux, with iproute2 and nftables");
  await written();
  Deno.exit(1);
}
