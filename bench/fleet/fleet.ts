/**
 * A catalogue in etcd: publications against bare transactions of etcd and against SQLite, and a start with
 * many.
 *
 * @module
 */

import { EtcdJournal } from "../../lib/fleet/etcd_journal.ts";
import { Fleet } from "../../lib/fleet/fleet.ts";
import { OPERATIONS_AT_ONCE } from "../../lib/fleet/group_commit.ts";
import { LANES } from "../../lib/fleet/membership.ts";
import { EtcdNode, HAS_ETCD } from "../../tests/support/etcd.ts";
import { residentMemory } from "../proc.ts";
import { compare, type PartOptions, type Result, type Row } from "../table.ts";
import { AT_ONCE } from "./bare_client.ts";
import { Publisher } from "./publisher.ts";
import { measureRates } from "./rates.ts";
import { CLUSTER_KEY, type Start, startServer } from "./start.ts";

const FULL = { files: 60_000, publications: 1_000_000, rounds: 5, warmUps: 1 };
const QUICK = { files: 12_000, publications: 100_000, rounds: 2, warmUps: 0 };
/** Nodes of a cluster that goes on when one of them fails. */
const MAJORITY_OF = 3;
/** How long a start with a million publications may take. */
const START_MS = 30_000;

/** Measures all of it. */
export async function measureFleet(options: PartOptions): Promise<Result> {
  if (!HAS_ETCD) return { rows: [], notes: ["fleet: etcd is not installed"] };
  const { files, publications, ...rounds } = options.isQuick ? QUICK : FULL;
  const rates = [
    ...await measureRates(1, files, rounds, options),
    ...await measureRates(MAJORITY_OF, files, rounds, options),
  ];
  const start = await measureStart(publications, options);
  return { rows: [...rates, start.row], notes: [RATES_NOTE, start.note] };
}

const RATES_NOTE =
  `fleet: bare are transactions of ${OPERATIONS_AT_ONCE} puts of the same length, ${LANES} at once, ` +
  "without a catalogue, sealing, and a watch; all nodes run on this machine";

/** A start with `count` publications, of which etcd has forgotten how they came. */
async function measureStart(
  count: number,
  { signal }: PartOptions,
): Promise<{ readonly row: Row; readonly note: string }> {
  await using node = await EtcdNode.start({ flags: ["--quota-backend-bytes", "8589934592"] });
  await publish(node.endpoint, count, signal);
  await node.compact();
  const start = await startServer(node.endpoint);
  const { publications, ms } = start;
  const title = `start with ${publications.toLocaleString("en")} publications, ms`;
  const limit = START_MS * publications / FULL.publications;
  return {
    row: compare(title, [Math.round(ms)], [limit], { aim: 1, lessIsBetter: true }),
    note: noteOn(start, node.pid),
  };
}

async function publish(endpoint: string, count: number, signal: AbortSignal): Promise<void> {
  await using fleet = await Fleet.join({ endpoints: [endpoint], clusterKey: CLUSTER_KEY });
  await using journal = await EtcdJournal.open(fleet);
  await new Publisher(journal, AT_ONCE).publish(count, signal);
}

function noteOn({ memory, peak }: Start, etcd: number): string {
  return `fleet: for a start, bare is the aim. After it a server holds ${memory.toFixed(0)} MiB ` +
    `(${peak.toFixed(0)} at its peak), etcd ${residentMemory(etcd).toFixed(0)} MiB`;
}
