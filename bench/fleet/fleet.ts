/**
 * A catalogue in etcd: publications against bare transactions of etcd and against SQLite, and a start with
 * many.
 *
 * @module
 */

import { join } from "@std/path";
import { EtcdClient, type Operation } from "../../lib/fleet/etcd_client.ts";
import { EtcdJournal } from "../../lib/fleet/etcd_journal.ts";
import { Fleet } from "../../lib/fleet/fleet.ts";
import { Gateway } from "../../lib/fleet/gateway.ts";
import { OPERATIONS_AT_ONCE } from "../../lib/fleet/group_commit.ts";
import { PREFIX, PUBLICATIONS } from "../../lib/fleet/layout.ts";
import { LANES } from "../../lib/fleet/membership.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import { EtcdNode, HAS_ETCD } from "../../tests/support/etcd.ts";
import { processTime, residentMemory } from "../proc.ts";
import { alternate } from "../rounds.ts";
import { compare, type PartOptions, type Result, type Row } from "../table.ts";
import { Publisher } from "./publisher.ts";
import { type Start, startServer } from "./start.ts";

const FULL = { files: 60_000, publications: 1_000_000, rounds: 5, warmUps: 1 };
const QUICK = { files: 12_000, publications: 100_000, rounds: 2, warmUps: 0 };
/** As many as fill all lanes. */
const AT_ONCE = LANES * OPERATIONS_AT_ONCE;
const CLUSTER_KEY = new Uint8Array(32).fill(7);
const BARE = "/bare/1/";
/** How long a start with a million publications may take. */
const START_MS = 30_000;

/** What a turn came to. */
interface Turned {
  /** Publications, or puts, a second. */
  readonly rate: number;
  /** Processor time of this process for one, in microseconds. */
  readonly cpu: number;
}

/** Measures all of it. */
export async function measureFleet({ signal, isQuick, folder }: PartOptions): Promise<Result> {
  if (!HAS_ETCD) return { rows: [], notes: ["fleet: etcd is not installed"] };
  const { files, publications, ...rounds } = isQuick ? QUICK : FULL;
  await using node = await EtcdNode.start({ flags: ["--quota-backend-bytes", "8589934592"] });
  await using fleet = await Fleet.join({ endpoints: [node.endpoint], clusterKey: CLUSTER_KEY });
  await using journal = await EtcdJournal.open(fleet);
  await using sqlite = new SqliteJournal(join(folder, "fleet.db"));
  using client = new BareClient(node.endpoint);
  const [ours, disk] = [new Publisher(journal, AT_ONCE), new Publisher(sqlite, AT_ONCE)];
  const turns = await alternate({
    ours: () => turn(files, () => ours.publish(files, signal)),
    bare: () => turn(files, () => client.put(files, signal)),
    disk: () => turn(files, () => disk.publish(files, signal)),
  }, rounds);
  await ours.publish(Math.max(0, publications - ours.published), signal);
  const start = await startServer(node.endpoint, CLUSTER_KEY);
  return { rows: [...rowsOf(turns), rowOf(start)], notes: [noteOn(start, node.pid)] };
}

async function turn(count: number, work: () => Promise<void>): Promise<Turned> {
  const [begun, before] = [performance.now(), processTime(Deno.pid)];
  await work();
  const cpu = (processTime(Deno.pid) - before) * 1_000 / count;
  return { rate: count / (performance.now() - begun) * 1_000, cpu };
}

function rowsOf(
  { ours, bare, disk }: Record<"ours" | "bare" | "disk", readonly Turned[]>,
): Row[] {
  const rates = (of: readonly Turned[]) => of.map(({ rate }) => rate);
  const times = (of: readonly Turned[]) => of.map(({ cpu }) => cpu);
  return [
    compare("publications a second through one etcd node", rates(ours), rates(bare), { aim: 0.7 }),
    compare("CPU µs of a server for one, against SQLite", times(ours), times(disk), {
      lessIsBetter: true,
    }),
  ];
}

function rowOf({ publications, ms }: Start): Row {
  const title = `start with ${publications.toLocaleString("en")} publications, ms`;
  const limit = START_MS * publications / FULL.publications;
  return compare(title, [Math.round(ms)], [limit], { aim: 1, lessIsBetter: true });
}

function noteOn({ memory }: Start, etcd: number): string {
  return `fleet: bare are transactions of ${OPERATIONS_AT_ONCE} puts of the same length, ${LANES} ` +
    "at once; for a start it is the aim. After the start a server holds " +
    `${memory.toFixed(0)} MiB, etcd ${residentMemory(etcd).toFixed(0)} MiB`;
}

/** Puts as much as publications take, and nothing else. */
class BareClient implements Disposable {
  readonly #etcd: EtcdClient;
  #put = 0;

  constructor(endpoint: string) {
    this.#etcd = new EtcdClient(new Gateway({ endpoints: [endpoint] }));
  }

  /** Puts `count` keys. */
  async put(count: number, signal: AbortSignal): Promise<void> {
    const end = this.#put + count;
    await Promise.all(Array.from({ length: LANES }, async () => {
      while (this.#put < end && !signal.aborted) {
        const then = Array.from({ length: OPERATIONS_AT_ONCE }, () => bareAt(this.#put++));
        await this.#etcd.transact({ if: [], then });
      }
    }));
  }

  [Symbol.dispose](): void {
    this.#etcd.gateway[Symbol.dispose]();
  }
}

/** As long as the key and the value of a publication. */
function bareAt(i: number): Operation {
  const rest = PUBLICATIONS.length - PREFIX.length + 3 * 22 + 2;
  const key = BARE.padEnd(PREFIX.length, "-") + String(i).padStart(rest, "0");
  return { kind: "put", key, value: BARE_VALUE };
}

const BARE_VALUE = crypto.getRandomValues(new Uint8Array(168));
