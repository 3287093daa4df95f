/**
 * The load: 64 users. Every line of input names the request that one round asks.
 * `load.ts <port> <pid of who serves it> plain|sealed|echo|tracker [silent]`
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { linesOf } from "../lines.ts";
import { processTimes } from "../proc.ts";
import { type AnyAsker, Asker } from "./asker.ts";
import { measureBareLogins } from "./bare_logins.ts";
import { EchoAsker } from "./echo_asker.ts";
import { pauseExactly, stayOnOneCore } from "./fast_udp.ts";
import { askAtRate } from "./open_loop.ts";
import { catalogueNames, type Measured } from "./questions.ts";
import type { Round } from "./round.ts";
import { publishAll, saturate } from "./saturation.ts";
import { SealedAsker } from "./sealed_asker.ts";
import { arrivals, losslessRate } from "./silent_load.ts";
import { TrackerAsker } from "./tracker_asker.ts";
import { askerName, ASKERS, FILE, PUBLISHER } from "./users.ts";

/** Either half of a round lasts that long, below the 3 s after which who waits is forgotten. */
const HALF_MS = 500;

const KINDS = { plain: Asker, sealed: SealedAsker, echo: EchoAsker, tracker: TrackerAsker };
const [port, pid, kind, silent] = Deno.args;
const isIndex = kind === "plain" || kind === "sealed";
const join = (user: string) => new KINDS[kind as keyof typeof KINDS](Number(port), user);

/** Makes everybody active and the publisher a source; returns how many logins a second that was. */
async function enter(publisher: AnyAsker, askers: readonly AnyAsker[]): Promise<number> {
  const began = performance.now();
  for (const asker of [publisher, ...askers]) await asker.enter();
  const logins = (askers.length + 1) / (performance.now() - began) * 1_000;
  if (isIndex) publishAll([publisher], [FILE]);
  return logins;
}

/** Runs `ask`, which returns a number of requests, and counts what they cost the server. */
function costOf(ask: () => number): Pick<Round, "cpuMicros" | "cpuShare" | "busyShare"> {
  const before = { at: performance.now(), ...processTimes(Number(pid)) };
  const requests = ask();
  const after = { at: performance.now(), ...processTimes(Number(pid)) };
  const ms = after.at - before.at;
  const cpu = after.running - before.running;
  const busy = after.mainRunning + after.mainWaiting - before.mainRunning - before.mainWaiting;
  return { cpuMicros: cpu / requests * 1_000, cpuShare: cpu / ms, busyShare: busy / ms };
}

function measureAnswered(askers: readonly AnyAsker[], verb: Measured): Omit<Round, "logins"> {
  let [perSecond, lost] = [0, 0];
  const cost = costOf(() => {
    const began = performance.now();
    const answered = saturate(askers, verb, HALF_MS);
    perSecond = answered.requests / (performance.now() - began) * 1_000;
    lost = answered.lost;
    return answered.requests;
  });
  const { p50, p99, unanswered } = askAtRate(askers, verb, perSecond / 2, HALF_MS);
  return { perSecond, ...cost, p50, p99, lost: lost + unanswered };
}

function measureSilent(askers: readonly AnyAsker[], verb: Measured): Omit<Round, "logins"> {
  const perSecond = losslessRate(askers, verb, Number(pid));
  const load = { rate: perSecond, ms: HALF_MS, pid: Number(pid) };
  const cost = costOf(() => arrivals(askers, verb, load));
  return { perSecond, ...cost, p50: NaN, p99: NaN, lost: 0 };
}

if (import.meta.main) {
  stayOnOneCore();
  pauseExactly();
  const publisher = join(PUBLISHER);
  const askers = Array.from({ length: ASKERS }, (_, i) => join(askerName(i)));
  let isFilled = false;
  for await (const verb of linesOf(Deno.stdin.readable)) {
    const logins = await enter(publisher, askers);
    if (isIndex && verb === "sch" && !isFilled) publishAll(askers, catalogueNames());
    isFilled ||= verb === "sch";
    const isSilent = silent || (kind === "plain" && verb === "heartbeat");
    const load = (isSilent ? measureSilent : measureAnswered)(askers, verb as Measured);
    const bare = kind === "sealed" && verb === "get"
      ? { bareLogins: measureBareLogins(ASKERS) }
      : {};
    const round: Round = { ...load, ...bare, logins };
    toStdout(JSON.stringify(round) + "\n");
  }
}
