/**
 * How many publications a second are acknowledged, and how long each takes.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { Publications } from "../../lib/index/catalogue/publications.ts";
import { SqliteJournal } from "../../lib/store/sqlite_journal.ts";
import { alternate, median, quantile } from "../rounds.ts";
import { compare, type PartOptions, type Result, type Row } from "../table.ts";
import { fileAt } from "./files.ts";

const ROUND_MS = 500;
const FULL = { rounds: 9, warmUps: 2 };
const QUICK = { rounds: 1, warmUps: 0 };
/** Publications on their way at any time; each batch that is committed holds as many. */
const IN_FLIGHT: readonly number[] = [1, 16, 256];

const BARE_TABLE = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE files (user TEXT, name TEXT, size INTEGER, id TEXT, PRIMARY KEY (user, name))
    WITHOUT ROWID`;

/** What a round brought. */
interface Round {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Compares the index and its journal with inserts in batches of the same sizes. */
export async function measureCommits({ folder, isQuick }: PartOptions): Promise<Result> {
  const rounds = isQuick ? QUICK : FULL;
  await using journal = new SqliteJournal(`${folder}/ours.db`);
  using db = new DatabaseSync(`${folder}/bare.db`);
  db.exec(BARE_TABLE);
  const publications = new Publications(journal);
  const rows: Row[] = [];
  for (const inFlight of IN_FLIGHT) {
    const { ours, bare } = await alternate({
      ours: () => publish(publications, inFlight),
      bare: () => Promise.resolve(insert(db, inFlight)),
    }, rounds);
    rows.push(...toRows(inFlight, ours, bare));
  }
  const note =
    `commits: ${rounds.rounds} rounds of ${ROUND_MS} ms; ours: from Publications.publish() to its ` +
    "reply; bare: a loop of BEGIN, as many inserts, COMMIT on the main thread; all of different " +
    "names, WAL, synchronous FULL";
  return { rows, notes: [note] };
}

let published = 0;

async function publish(publications: Publications, inFlight: number): Promise<Round> {
  const latencies: number[] = [];
  const began = performance.now();
  const loop = async () => {
    for (let sent = began; sent < began + ROUND_MS;) {
      const { user, name, details } = fileAt(published++);
      const reply = await publications.publish(user, name, details);
      if (reply.kind !== "published") throw new Error(`the journal replied ${reply.kind}`);
      latencies.push(performance.now() - sent);
      sent = performance.now();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
  return summarize(latencies, performance.now() - began);
}

let inserted = 0;

/** The limit: nothing but SQLite. */
function insert(db: DatabaseSync, inFlight: number): Round {
  const statement = db.prepare("INSERT INTO files VALUES (?, ?, ?, ?)");
  const latencies: number[] = [];
  const began = performance.now();
  for (let sent = began; sent < began + ROUND_MS;) {
    db.exec("BEGIN");
    for (let i = 0; i < inFlight; i++) {
      const { user, name, details } = fileAt(inserted++);
      statement.run(user, name, details!.size, details!.id!);
    }
    db.exec("COMMIT");
    latencies.push(...Array<number>(inFlight).fill(performance.now() - sent));
    sent = performance.now();
  }
  return summarize(latencies, performance.now() - began);
}

function summarize(latencies: readonly number[], ms: number): Round {
  return {
    perSecond: latencies.length / ms * 1_000,
    p50: median(latencies),
    p99: quantile(latencies, 0.99),
  };
}

function toRows(inFlight: number, ours: readonly Round[], bare: readonly Round[]): Row[] {
  const row = (name: string, of: keyof Round, lessIsBetter: boolean) => {
    const [our, its] = [ours, bare].map((rounds) => rounds.map((round) => round[of]));
    return compare(`${inFlight} in flight, ${name}`, our!, its!, { lessIsBetter });
  };
  return [
    row("acknowledged publications/s", "perSecond", false),
    row("ms until acknowledged, median", "p50", true),
    row("ms until acknowledged, 99 %", "p99", true),
  ];
}
