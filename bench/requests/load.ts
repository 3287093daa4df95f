/**
 * The load: 64 users, each with one request on the way at any time. Every line of input starts one
 * round. `load.ts <port> <pid of who serves it> get|sealed|echo`
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { linesOf } from "../lines.ts";
import { processTimes } from "../proc.ts";
import { Asker } from "./asker.ts";
import { measureBareLogins } from "./bare_logins.ts";
import { stayOnOneCore } from "./fast_udp.ts";
import { SealedAsker } from "./sealed_asker.ts";
import { askerName, ASKERS, PUBLISHER } from "./users.ts";

/** One round lasts this long, well below the 3 s after which those who wait would be forgotten. */
const ROUND_MS = 500;

/** What a round brought. */
export interface Round {
  readonly perSecond: number;
  readonly lost: number;
  /** Processor time that the server spent on one request, all its threads, in microseconds. */
  readonly cpuMicros: number;
  /** Processor time of the server as a share of one core, all its threads. */
  readonly cpuShare: number;
  /** Share of the round in which the server's main thread ran or waited for a core. */
  readonly busyShare: number;
  /** Logins a second before the round, one after the other. */
  readonly logins: number;
  /** The same with no server and no network: OPAQUE alone. 0 where it plays no part. */
  readonly bareLogins: number;
}

/** A user of either protocol. */
type AnyAsker = Asker | SealedAsker;

/** Makes everybody active and the publisher a source. Returns how many logins a second that was. */
async function enter(publisher: AnyAsker, askers: readonly AnyAsker[]): Promise<number> {
  const began = performance.now();
  for (const user of [publisher, ...askers]) await user.logIn();
  const logins = (askers.length + 1) / (performance.now() - began) * 1_000;
  publisher.publish();
  return logins;
}

/** Asks for {@linkcode ROUND_MS} and returns how many requests were answered and how many not. */
function ask(askers: readonly AnyAsker[], expected: number): { requests: number; lost: number } {
  let requests = 0;
  let lost = 0;
  for (const asker of askers) asker.ask();
  for (const end = performance.now() + ROUND_MS; performance.now() < end;) {
    for (const asker of askers) {
      if (asker.hear() === expected) requests++;
      else if (++lost > ASKERS) throw new Error("the server answers wrongly or not at all");
      asker.ask();
    }
  }
  for (const asker of askers) if (asker.hear() === expected) requests++;
  return { requests, lost };
}

function measure(
  askers: readonly AnyAsker[],
  pid: number,
  expected: string,
): Omit<Round, "logins" | "bareLogins"> {
  const before = { at: performance.now(), ...processTimes(pid) };
  const { requests, lost } = ask(askers, expected.charCodeAt(0));
  const after = { at: performance.now(), ...processTimes(pid) };
  const ms = after.at - before.at;
  const cpu = after.running - before.running;
  const busy = after.mainRunning + after.mainWaiting - before.mainRunning - before.mainWaiting;
  return {
    perSecond: requests / ms * 1_000,
    lost,
    cpuMicros: cpu / requests * 1_000,
    cpuShare: cpu / ms,
    busyShare: busy / ms,
  };
}

if (import.meta.main) {
  const [port, pid, kind] = Deno.args;
  stayOnOneCore();
  const join = (user: string) => {
    return kind === "sealed" ? new SealedAsker(Number(port), user) : new Asker(Number(port), user);
  };
  const publisher = join(PUBLISHER);
  const askers = Array.from({ length: ASKERS }, (_, i) => join(askerName(i)));
  for await (const _ of linesOf(Deno.stdin.readable)) {
    let logins = 0;
    if (publisher instanceof Asker && kind === "echo") publisher.hearEcho();
    else logins = await enter(publisher, askers);
    const load = measure(askers, Number(pid), kind === "echo" ? "get" : "200");
    const bareLogins = kind === "sealed" ? measureBareLogins(ASKERS) : 0;
    const round: Round = { ...load, logins, bareLogins };
    toStdout(JSON.stringify(round) + "\n");
  }
}
