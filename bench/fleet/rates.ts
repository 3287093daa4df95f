/**
 * How many publications a second a server keeps in etcd, against bare transactions and against SQLite.
 *
 * @module
 */

import { join } from "@std/path";
import { EtcdJournal } from "../../lib/fleet/etcd_journal.ts";
import { Fleet } from "../../lib/fleet/fleet.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import { EtcdCluster } from "../../tests/support/etcd_cluster.ts";
import { OPERATIONS_AT_ONCE } from "../../lib/fleet/group_commit.ts";
import { processTime } from "../proc.ts";
import { alternate, type Rounds } from "../rounds.ts";
import { compare, type PartOptions, type Row } from "../table.ts";
import { AT_ONCE, BareClient } from "./bare_client.ts";
import { Publisher } from "./publisher.ts";
import { CLUSTER_KEY } from "./start.ts";

/** One put a transaction is so slow that a part of them is enough. */
const SINGLES = 6;

/** What a turn came to. */
interface Turned {
  /** Publications, or puts, a second. */
  readonly rate: number;
  /** Processor time of this process for one, in microseconds. */
  readonly cpu: number;
}

/** Measures a fleet of one server on `nodes` nodes of etcd, `files` publications a turn. */
export async function measureRates(
  nodes: number,
  files: number,
  rounds: Rounds,
  { signal, folder }: PartOptions,
): Promise<Row[]> {
  await using cluster = await EtcdCluster.start(nodes);
  // Both ask the same node, which leads the others or does not.
  const endpoints = cluster.endpoints.slice(0, 1);
  await using fleet = await Fleet.join({ endpoints, clusterKey: CLUSTER_KEY });
  await using journal = await EtcdJournal.open(fleet);
  await using sqlite = new SqliteJournal(join(folder, `fleet-${nodes}.db`));
  using client = new BareClient(endpoints);
  const [ours, disk] = [new Publisher(journal, AT_ONCE), new Publisher(sqlite, AT_ONCE)];
  const singles = files / SINGLES;
  const turns = await alternate({
    ours: () => turn(files, () => ours.publish(files, signal)),
    bare: () => turn(files, () => client.put(files, OPERATIONS_AT_ONCE, signal)),
    single: () => turn(singles, () => client.put(singles, 1, signal)),
    disk: () => turn(files, () => disk.publish(files, signal)),
  }, rounds);
  return rowsOf(nodes, turns);
}

async function turn(count: number, work: () => Promise<void>): Promise<Turned> {
  const [begun, before] = [performance.now(), processTime(Deno.pid)];
  await work();
  const cpu = (processTime(Deno.pid) - before) * 1_000 / count;
  return { rate: count / (performance.now() - begun) * 1_000, cpu };
}

function rowsOf(
  nodes: number,
  { ours, bare, single, disk }: Record<"ours" | "bare" | "single" | "disk", readonly Turned[]>,
): Row[] {
  const rates = (of: readonly Turned[]) => of.map(({ rate }) => rate);
  const times = (of: readonly Turned[]) => of.map(({ cpu }) => cpu);
  const on = nodes === 1 ? "one node" : `${nodes} nodes`;
  return [
    compare(`publications a second, ${on} of etcd`, rates(ours), rates(bare), { aim: 0.7 }),
    compare(`the same, against transactions of one put`, rates(ours), rates(single)),
    compare(`CPU µs of a server for one, ${on}, against SQLite`, times(ours), times(disk), {
      lessIsBetter: true,
    }),
  ];
}
