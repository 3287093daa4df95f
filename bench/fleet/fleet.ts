/**
 * A catalogue in etcd: publications against bare transactions of etcd, and a start with many.
 *
 * @module
 */

import { Engine, type Operation } from "../../lib/fleet/engine.ts";
import { EtcdJournal } from "../../lib/fleet/etcd_journal.ts";
import { Fleet } from "../../lib/fleet/fleet.ts";
import { Gateway } from "../../lib/fleet/gateway.ts";
import { OPERATIONS_AT_ONCE } from "../../lib/fleet/group_commit.ts";
import { PREFIX, PUBLICATIONS } from "../../lib/fleet/layout.ts";
import { LANES } from "../../lib/fleet/membership.ts";
import { Publications } from "../../lib/index/catalogue/publications.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import { PLAIN_SHARE } from "../../lib/protocol/share.ts";
import { EtcdNode, HAS_ETCD } from "../../tests/support/etcd.ts";
import { fileAt } from "../journal/files.ts";
import { processTime, residentMemory } from "../proc.ts";
import { alternate, median } from "../rounds.ts";
import { compare, type PartOptions, type Result } from "../table.ts";
import { startServer } from "./start.ts";

const FULL = { files: 60_000, publications: 1_000_000, rounds: 5, warmUps: 1 };
const QUICK = { files: 12_000, publications: 100_000, rounds: 2, warmUps: 0 };
/** As many as fill all lanes. */
const AT_ONCE = LANES * OPERATIONS_AT_ONCE;
const CLUSTER_KEY = new Uint8Array(32).fill(7);
const BARE = "/bare/1/";
/** How long a start with a million publications may take. */
const START_MS = 30_000;

/** Measures both. */
export async function measureFleet({ signal, isQuick }: PartOptions): Promise<Result> {
  if (!HAS_ETCD) return { rows: [], notes: ["fleet: etcd is not installed"] };
  const { files, publications, ...rounds } = isQuick ? QUICK : FULL;
  await using node = await EtcdNode.start({ flags: ["--quota-backend-bytes", "8589934592"] });
  await using bench = await FleetBench.begin(node);
  const { ours, bare, cpu } = await measureRates(bench, files, rounds, signal);
  await bench.publish(Math.max(0, publications - bench.published), signal);
  const start = await startServer(node.endpoint, CLUSTER_KEY);
  const [count, ms] = [start.publications.toLocaleString("en"), Math.round(start.ms)];
  return {
    rows: [
      compare(`fleet: publications a second through one etcd node`, ours, bare, { aim: 0.7 }),
      compare(`fleet: start with ${count} publications, ms`, [ms], [START_MS], {
        ...{ aim: 1, lessIsBetter: true },
      }),
    ],
    notes: [
      `fleet: bare are transactions of ${OPERATIONS_AT_ONCE} puts of the same length, ${LANES} at ` +
      `once; for the start it is the aim. A server takes ${
        median(cpu).toFixed(0)
      } µs of its CPU for ` +
      `a publication; after the start it holds ${start.memory.toFixed(0)} MiB, etcd ` +
      `${residentMemory(node.pid).toFixed(0)} MiB`,
    ],
  };
}

async function measureRates(
  bench: FleetBench,
  files: number,
  rounds: { readonly rounds: number; readonly warmUps: number },
  signal: AbortSignal,
) {
  const cpu: number[] = [];
  const ours = async () => {
    const before = processTime(Deno.pid);
    const rate = await rateOf(files, () => bench.publish(files, signal));
    cpu.push((processTime(Deno.pid) - before) * 1_000 / files);
    return rate;
  };
  const bare = () => rateOf(files, () => bench.putBare(files, signal));
  return { ...await alternate({ ours, bare }, rounds), cpu };
}

async function rateOf(count: number, work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return count / (performance.now() - begun) * 1_000;
}

/** A server of the fleet, and a bare client beside it. */
class FleetBench implements AsyncDisposable {
  published = 0;
  readonly #publications: Publications;
  readonly #engine: Engine;
  #put = 0;

  private constructor(readonly fleet: Fleet, readonly journal: EtcdJournal, endpoint: string) {
    this.#publications = new Publications(journal);
    this.#engine = new Engine(new Gateway({ endpoints: [endpoint] }));
  }

  static async begin({ endpoint }: EtcdNode): Promise<FleetBench> {
    const fleet = await Fleet.join({ endpoints: [endpoint], clusterKey: CLUSTER_KEY });
    return new FleetBench(fleet, await EtcdJournal.open(fleet), endpoint);
  }

  /** Publishes `count` files, many at once. */
  async publish(count: number, signal: AbortSignal): Promise<void> {
    const end = this.published + count;
    await atOnce(AT_ONCE, async () => {
      while (this.published < end && !signal.aborted) await this.#publishNext();
    });
  }

  /** Puts as much as that takes, and nothing else. */
  async putBare(count: number, signal: AbortSignal): Promise<void> {
    const end = this.#put + count;
    await atOnce(LANES, async () => {
      while (this.#put < end && !signal.aborted) {
        const then = Array.from({ length: OPERATIONS_AT_ONCE }, () => bareAt(this.#put++));
        await this.#engine.transact({ if: [], then });
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#engine.gateway[Symbol.dispose]();
    await this.journal[Symbol.asyncDispose]();
    await this.fleet[Symbol.asyncDispose]();
  }

  async #publishNext(): Promise<void> {
    const { user, name, details } = fileAt(this.published++);
    const publisher = { user, share: PLAIN_SHARE };
    const reply = await this.#publications.publish(publisher, [{ name, details: details! }]);
    if (reply.kind !== "published") {
      throw new BitTrickleError("disk", `the journal replied ${JSON.stringify(reply)}`);
    }
  }
}

async function atOnce(count: number, work: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, work));
}

/** As long as the key and the value of a publication. */
function bareAt(i: number): Operation {
  const rest = PUBLICATIONS.length - PREFIX.length + 3 * 22 + 2;
  const key = BARE.padEnd(PREFIX.length, "-") + String(i).padStart(rest, "0");
  return { kind: "put", key, value: BARE_VALUE };
}

const BARE_VALUE = crypto.getRandomValues(new Uint8Array(168));
