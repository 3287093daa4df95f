/**
 * Whether ten thousand sessions disturb each other, or anybody who asks.
 *
 * @module
 */

import { ACTIVE_MS } from "../../lib/protocol/limits.ts";
import type { Measured } from "../requests/questions.ts";
import { compare, type Result, type Row } from "../table.ts";
import { COLLECTED, CROWD, LONGEST_MS } from "./names.ts";
import type { Crowd } from "./crowd.ts";
import type { Probed } from "./probe.ts";
import { Stage } from "./stage.ts";
import type { Watched } from "./watched_server.ts";

/** How long each part takes. */
export interface SessionsOptions {
  /** Milliseconds of searching at full rate. */
  readonly searchMs: number;
}

/** From a while before everybody's sessions are over until a while after. */
const EXPIRY_MS = 2 * ACTIVE_MS;

/** Compilers and caches get warm. */
const WARM_UP_MS = 1_000;

/** What became of everybody who is not asking. */
interface CrowdSeen {
  readonly logins: number;
  readonly entered: readonly Crowd[];
  readonly checked: readonly Crowd[];
  readonly drops: number;
}

type Seen = Probed & Watched;
type Parts = Record<"alone" | "calm" | "crowded" | "among" | "expiry" | "collected", Seen>;

/** Measures sessions, with files in `folder`. */
export async function measureSessions(
  folder: string,
  signal: AbortSignal,
  { searchMs }: SessionsOptions,
): Promise<Result> {
  if (Deno.build.os !== "linux") return { rows: [], notes: ["sessions: measured on Linux only"] };
  await using stage = await Stage.set(folder, signal);
  await stage.probe(`search ${WARM_UP_MS}`);
  const { crowd, ...before } = await measureCrowd(stage, searchMs);
  const parts = { ...before, ...await measureEnds(stage) };
  return {
    rows: rowsOf(parts),
    notes: [noteOn(searchMs, crowd.logins), crowdNote(crowd), timersNote(parts)],
  };
}

/** Asks without and with everybody else, who all have to be there afterwards. */
async function measureCrowd(stage: Stage, searchMs: number) {
  const alone = await stage.probe(`search ${searchMs}`);
  const calm = await stage.probe(`ask ${EXPIRY_MS}`);
  const entered = await stage.tellCrowds("enter");
  const coming = stage.come(searchMs);
  const crowded = await stage.probe(`search ${searchMs}`);
  const { logins } = await coming;
  const among = await stage.probe(`ask ${EXPIRY_MS}`);
  const checked = await stage.tellCrowds("check");
  const crowd: CrowdSeen = { logins, entered, checked, drops: stage.drops };
  return { crowd, alone, calm, crowded, among };
}

/** Asks while everybody's sessions come to their end, and then those of one with many files. */
async function measureEnds(stage: Stage) {
  await stage.tellCrowds("leave");
  const expiry = await stage.probe(`ask ${EXPIRY_MS}`);
  await stage.probe("collect");
  return { expiry, collected: await stage.probe(`ask ${EXPIRY_MS}`) };
}

function noteOn(searchMs: number, logins: number): string {
  return `sessions: ${CROWD.plain} plain and ${CROWD.sealed} sealed ones beat every 2 s while ` +
    `searches run at full rate for ${searchMs / 1_000} s and ${logins} users log in; then all ` +
    `fall silent at once, and so does a user with ${COLLECTED} files; bare: the same without ` +
    `them, and ${LONGEST_MS} ms for the longest answer`;
}

/** A session may end only if its user was silent for too long or a datagram found no room. */
function crowdNote({ entered, checked, drops }: CrowdSeen): string {
  const both = (values: readonly number[], digits: number) => {
    return values.map((value) => value.toFixed(digits)).join(" and ");
  };
  return "plain and sealed sessions: the server forgot " +
    `${both(checked.map(({ forgotten }) => forgotten), 0)}, with ${drops} datagrams lost at its ` +
    `socket and silences of at most ${both(checked.map((it) => it.longestSilence), 0)} ms of ` +
    `${ACTIVE_MS} allowed; their logins took ${both(entered.map(({ seconds }) => seconds), 1)} s`;
}

/** A timer is late for everything that the machine does, so this is no row. */
function timersNote(seen: Readonly<Record<string, Seen>>): string {
  const parts = Object.entries(seen).map(([name, { latestTimer, slowAnswers, longestWas }]) => {
    return `${name} ${latestTimer.toFixed(1)} (${slowAnswers}, ${longestWas})`;
  });
  return `the latest that a timer of the server was, ms (answers of more than ${LONGEST_MS} ms, ` +
    `the longest one's request): ${parts.join(", ")}`;
}

function rowsOf({ alone, calm, crowded, among, expiry, collected }: Parts): Row[] {
  return [
    compare("searches/s among 10,000 sessions", rateOf(crowded), rateOf(alone)),
    ...latencyRows("searches at full rate", crowded, alone, ["sch", "get"]),
    ...latencyRows("10,000 sessions", among, calm, ["get", "sch", "lap"]),
    ...latencyRows("their end", expiry, calm, ["get", "sch", "lap"]),
    ...latencyRows("the end of a user with 10,000 files", collected, calm, ["get", "sch", "lap"]),
    longestRow("10,000 sessions and logins", crowded),
    longestRow("the end of 10,000 sessions", expiry),
    longestRow("the end of a user with 10,000 files", collected),
  ];
}

function rateOf(seen: Seen): number[] {
  return [seen.sch?.perSecond ?? NaN];
}

function latencyRows(during: string, ours: Seen, bare: Seen, verbs: readonly Measured[]): Row[] {
  return verbs.flatMap((verb) => {
    return (["p99", "most"] as const).map((field) => {
      const name = `${verb} during ${during}, µs, ${field === "p99" ? "99 %" : "longest"}`;
      const [our, its] = [ours, bare].map((seen) => [seen[verb]?.[field] ?? NaN]);
      return compare(name, our!, its!, { lessIsBetter: true });
    });
  });
}

function longestRow(during: string, { longestAnswer }: Seen): Row {
  const name = `longest that the server worked on one request during ${during}, CPU ms`;
  return compare(name, [longestAnswer], [LONGEST_MS], { lessIsBetter: true, aim: 1 });
}
