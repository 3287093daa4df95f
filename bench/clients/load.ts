/**
 * The load: 64 clients. Every line of input names the request that one round asks, and perhaps for how
 * many milliseconds at full load.
 * `load.ts plain|sealed|echo <port> <pid of the server>`
 *
 * @module
 */

import { answerLines } from "../lines.ts";
import { processTime } from "../proc.ts";
import { quantile } from "../rounds.ts";
import { askAtRate, LATEST_MICROS } from "./at_rate.ts";
import { type Client, EchoClient, PlainClient } from "./client.ts";
import { becomeLoad } from "./fast_udp.ts";
import { logIn } from "./log_in.ts";
import {
  catalogueNames,
  clientName,
  CLIENTS,
  FILE,
  type Measured,
  PUBLISHER,
} from "./questions.ts";
import { SealedClient } from "./sealed_client.ts";

/** What one round brings. */
export interface Round {
  /** Answers a second. */
  readonly perSecond: number;
  /** Microseconds from when a request was due to its answer, at half of that rate. */
  readonly p50: number;
  readonly p99: number;
  readonly lost: number;
  /** Processor time of the server for one request, all its threads, in microseconds. */
  readonly cpuMicros: number;
  /** Logins a second before the round, all at once. */
  readonly logins: number;
}

/**
 * Either half of a round lasts that long if nothing else is said, below the 3 s after which a silent
 * client, as the publisher is, is forgotten.
 */
const HALF_MS = 500;
/** More answers missing or wrong than that, and the measurement makes no sense. */
const MOST_LOST = 64;

const KINDS = {
  plain: PlainClient,
  sealed: SealedClient,
  echo: EchoClient,
};

/** What the server understands. */
export type Kind = keyof typeof KINDS;

const [kind, port, pid] = Deno.args as [Kind, string, string];
const isIndex = kind !== "echo";
const clientOf = (user: string): Client => new KINDS[kind](Number(port), user);
const publisher = clientOf(PUBLISHER);
const clients = Array.from({ length: CLIENTS }, (_, i) => clientOf(clientName(i)));
let isFilled = false;

/** Makes everybody active and the publisher a source; returns how many logins a second that was. */
async function logInAll(): Promise<number> {
  const began = performance.now();
  await logIn(...clients, publisher);
  const logins = (clients.length + 1) / (performance.now() - began) * 1_000;
  if (isIndex) publishAll([publisher], [FILE]);
  return logins;
}

/** Publishes `names`, each by one of `clients`. */
function publishAll(clients: readonly Client[], names: readonly string[]): void {
  for (let i = 0; i < names.length; i += clients.length) {
    const some = names.slice(i, i + clients.length);
    for (const [k, name] of some.entries()) clients[k]!.ask("pub", name);
    for (const k of some.keys()) if (!clients[k]!.hear()) throw new Error("pub is refused");
  }
}

/** Asks with one request of each client on the way, again as soon as the answer is there. */
function saturate(
  verb: Measured,
  ms: number,
): { readonly requests: number; readonly lost: number } {
  let [requests, lost] = [0, 0];
  for (const client of clients) client.ask(verb);
  for (const end = performance.now() + ms; performance.now() < end;) {
    for (const client of clients) {
      if (client.hear()) requests++;
      else if (++lost > MOST_LOST) throw new Error(`${verb} is answered wrongly or not at all`);
      client.ask(verb);
    }
  }
  for (const client of clients) if (client.hear()) requests++;
  return { requests, lost };
}

becomeLoad();
await answerLines(async (line): Promise<Round> => {
  const [verb, ms = HALF_MS] = line.split(" ") as [Measured, string?];
  const logins = await logInAll();
  if (isIndex && verb === "sch" && !isFilled) publishAll(clients, catalogueNames());
  isFilled ||= verb === "sch";
  const [began, before] = [performance.now(), processTime(Number(pid))];
  const { requests, lost } = saturate(verb, Number(ms));
  const perSecond = requests / (performance.now() - began) * 1_000;
  const cpuMicros = (processTime(Number(pid)) - before) / requests * 1_000;
  if (isIndex) publisher.ask("heartbeat"); // Who is not heard for 3 s is no source.
  const times = askAtRate(clients, verb, { perSecond: perSecond / 2, ms: HALF_MS });
  const late = times.filter((time) => time === LATEST_MICROS).length;
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  return { perSecond, p50, p99, lost: lost + late, cpuMicros, logins };
});
