/**
 * Whether ten thousand sessions disturb anybody who asks, and whether the server forgets them.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { Child } from "../child.ts";
import type { Round } from "../clients/load.ts";
import { clientName } from "../clients/questions.ts";
import { type Contender, Contenders } from "../contenders.ts";
import { processTime, udpDropsOf } from "../proc.ts";
import { compare, type PartOptions, type Result, type Row } from "../table.ts";
import { ACTIVE_MS } from "../../lib/protocol/limits.ts";
import type { IdleClients } from "./idle_sessions.ts";

/** How many sessions only send heartbeats, by protocol. */
const IDLE = { plain: 10_000, sealed: 1_000 };
/** Rounds with and without the idle sessions; their end takes the time of the last number. */
const ROUNDS = { full: 9, quick: 2, ending: 2 };
const VERBS = ["get", "sch", "lap"] as const;
/** A server that used less than that share of a core for so long has nothing to do any more. */
const AT_REST = { share: 0.1, ms: 500, tries: 240 };

/** The rounds of each request. */
type Seen = Record<typeof VERBS[number], Round[]>;

/** Measures sessions. */
export async function measureSessions({ folder, signal, isQuick }: PartOptions): Promise<Result> {
  const rounds = isQuick ? ROUNDS.quick : ROUNDS.full;
  await using contenders = new Contenders(folder, signal);
  const users = Object.entries(IDLE).flatMap(([kind, count]) => {
    return Array.from({ length: count }, (_, i) => clientName(i, kind));
  });
  const server = await contenders.server({ users });
  const load = contenders.ask("plain", server);
  const idle = Object.entries(IDLE).map(([kind, count]) => {
    return contenders.start("sessions/idle_sessions.ts", [server.port, kind, count]);
  });
  const tell = (command: string) => {
    return Promise.all(idle.map((child) => child.ask<IdleClients>(command)));
  };
  await untilAtRest(server.child);
  await ask(load, 1);
  const alone = await ask(load, rounds);
  const entered = await tell("enter");
  const among = await ask(load, rounds);
  const checked = await tell("check");
  const drops = udpDropsOf(server.child.pid);
  await tell("leave");
  const ending = await ask(load, ROUNDS.ending);
  return {
    rows: [
      ...rowsOf("10,000 sessions", among, alone),
      ...rowsOf("their end", ending, alone),
    ],
    notes: [`sessions: ${rounds} rounds`, idleNote(entered, checked, drops)],
  };
}

async function untilAtRest({ pid }: Child): Promise<void> {
  for (let i = 0; i < AT_REST.tries; i++) {
    const before = processTime(pid);
    await delay(AT_REST.ms);
    if (processTime(pid) - before < AT_REST.share * AT_REST.ms) return;
  }
  throw new Error("a server does not come to rest");
}

/** Asks everything once a round. */
async function ask(load: Contender, rounds: number): Promise<Seen> {
  const seen: Seen = { get: [], sch: [], lap: [] };
  for (let i = 0; i < rounds; i++) {
    for (const verb of VERBS) seen[verb].push(await load(verb));
  }
  return seen;
}

function rowsOf(during: string, ours: Seen, bare: Seen): Row[] {
  return VERBS.flatMap((verb) => {
    const row = (title: string, field: keyof Round, lessIsBetter: boolean) => {
      const [our, its] = [ours, bare].map((seen) => seen[verb].map((round) => round[field]));
      return compare(`${verb} during ${during}, ${title}`, our!, its!, { lessIsBetter });
    };
    return [
      row("requests/s", "perSecond", false),
      row("µs to the answer at half load, 99 %", "p99", true),
    ];
  });
}

/** A session may end only if its user was silent for too long or a datagram found no room. */
function idleNote(
  entered: readonly IdleClients[],
  checked: readonly IdleClients[],
  drops: number,
): string {
  const both = (all: readonly IdleClients[], field: keyof IdleClients) => {
    return all.map((one) => one[field].toFixed(0)).join(" and ");
  };
  return `plain and sealed sessions: the server forgot ${both(checked, "forgotten")}, with ` +
    `${drops} datagrams lost at its socket and silences of at most ` +
    `${both(checked, "longestSilence")} ms of ${ACTIVE_MS} allowed; their logins took ` +
    `${both(entered, "seconds")} s`;
}
