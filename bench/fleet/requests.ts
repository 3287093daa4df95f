/**
 * What it costs requests that publish nothing that their server is one of a fleet.
 *
 * @module
 */

import { EtcdNode, HAS_ETCD } from "../../tests/support/etcd.ts";
import type { Kind, Round } from "../clients/load.ts";
import { CLIENTS, type Measured } from "../clients/questions.ts";
import { Contenders, type Server } from "../contenders.ts";
import { alternate, costOf, formatCost } from "../rounds.ts";
import { compare, type PartOptions, type Result, type Row } from "../table.ts";

/** Long enough for what a server of a fleet does four times a second, and every two seconds. */
const FULL = { rounds: 25, warmUps: 2, ms: 1_000 };
const QUICK = { rounds: 2, warmUps: 1, ms: 500 };
/** What is to be left of the throughput, and of what a request may take of the processor. */
const AIM = 0.97;

const VERBS: Readonly<Record<Exclude<Kind, "echo">, readonly Measured[]>> = {
  plain: ["get", "sch"],
  sealed: ["heartbeat", "get", "lap", "lpf", "sch"],
};

/** The rounds of each server. */
type Results = Readonly<Record<"fleet" | "single", readonly Round[]>>;

/** Measures a server of a fleet, of which it is the only one, against the same server by itself, in turns. */
export async function measureFleetRequests(options: PartOptions): Promise<Result> {
  if (!HAS_ETCD) return { rows: [], notes: ["fleet-requests: etcd is not installed"] };
  const { ms, ...rounds } = options.isQuick ? QUICK : FULL;
  await using node = await EtcdNode.start();
  await using contenders = new Contenders(options.folder, options.signal);
  const fleet = await contenders.server({ etcd: node.endpoint });
  const single = await contenders.server();
  const rows: Row[] = [];
  const notes = [`fleet-requests: ${CLIENTS} requests in flight, everything in memory at both`];
  for (const kind of ["plain", "sealed"] as const) {
    const ask = (server: Server) => contenders.ask(kind, server);
    const [ours, bare] = [ask(fleet), ask(single)];
    for (const verb of VERBS[kind]) {
      const turns = { fleet: () => ours(verb, ms), single: () => bare(verb, ms) };
      const results = await alternate<keyof Results, Round>(turns, rounds);
      rows.push(...rowsOf(nameOf(kind, verb), results));
      notes.push(noteOn(nameOf(kind, verb), results));
    }
  }
  return { rows, notes };
}

function nameOf(kind: Kind, verb: Measured): string {
  return kind === "plain" ? verb : `${kind} ${verb}`;
}

function rowsOf(name: string, { fleet, single }: Results): Row[] {
  const row = (title: string, field: keyof Round, lessIsBetter: boolean) => {
    const [ours, bare] = [fleet, single].map((rounds) => rounds.map((round) => round[field]));
    return compare(`${name} in a fleet, ${title}`, ours!, bare!, { aim: AIM, lessIsBetter });
  };
  return [row("requests/s", "perSecond", false), row("CPU µs/request", "cpuMicros", true)];
}

function noteOn(name: string, { fleet, single }: Results): string {
  const [ours, bare] = [fleet, single].map((rounds) => rounds.map(({ perSecond }) => perSecond));
  const cost = formatCost(costOf(ours!, bare!), `${name} requests/s`, fleet.length);
  return `fleet-requests: a fleet costs ${cost}`;
}
