/**
 * Somebody who asks for little beside somebody who asks for as much as one may. Every line of input
 * names what the other one asks for. `load.ts <port> <milliseconds>`
 *
 * @module
 */

import { SealedLoginAttempt } from "../../lib/peer/session/sealed_login.ts";
import { REQUESTS_PER_SECOND } from "../../lib/protocol/limits.ts";
import { decodeSealedDatagram } from "../../lib/protocol/sealed_datagram.ts";
import type { SealedRequest } from "../../lib/protocol/sealed_request.ts";
import { becomeLoad, FastUdp, pause } from "../clients/fast_udp.ts";
import { SealedClient } from "../clients/sealed_client.ts";
import { PASSWORD } from "../clients/questions.ts";
import { answerLines } from "../lines.ts";
import { quantile } from "../rounds.ts";

/** How long answers took, in microseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  readonly unanswered: number;
}

/** What the greedy one asks for, and who publishes all there is. */
export const ASKED = ["nothing", "sch", "lpf", "pub", "login", "get"] as const;
export const USERS = ["publisher-of-all", "greedy", "bystander"] as const;

const [PUBLISHER, user, BYSTANDER] = USERS;
const EVERY_MS = 5;
const PATIENCE_MS = 500;
const PAUSE_MICROS = 10;
/** Who lags behind does not flood the server. */
const AT_ONCE = 16;
const SEARCHES = [
  "e o a i n t r s larger:9TB case:any",
  "ext:pdf,df,f,mp3,mkv,jpg,zip,txt larger:9TB",
  `${"ar ".repeat(190)}case:any`,
  `user:${PUBLISHER} larger:9TB`,
];

/** The costliest request of its kind; no name is published twice. */
function costliest(asked: string, i: number): SealedRequest {
  if (asked === "get") return { verb: "get", user, name: i % 2 === 0 ? "0000" : "file 7" };
  if (asked === "sch") return { verb: "sch", user, text: SEARCHES[i % SEARCHES.length]! };
  if (asked === "lpf") return { verb: "lpf", user, of: PUBLISHER };
  return {
    verb: "pub",
    user,
    name: Array(4).fill(`${i} `.padEnd(240, String(i * 7_919))).join("/"),
  };
}

/** Says hello again and again, with the proof of address that it takes. */
async function greet(port: number): Promise<() => void> {
  const socket = new FastUdp(port);
  const attempt = await SealedLoginAttempt.begin(user, PASSWORD);
  return () => {
    for (let answer = socket.look(); answer; answer = socket.look()) {
      const datagram = decodeSealedDatagram(answer.slice());
      if (datagram.kind === "retry") attempt.takeToken(datagram.token);
    }
    socket.send(attempt.hello() as Uint8Array<ArrayBuffer>);
  };
}

/** Asks for a list now and then, while `attack` is called at the rate that one session may have. */
function lapBeside(bystander: SealedClient, ms: number, attack: (i: number) => void): Latency {
  const times: number[] = [];
  const begin = performance.now();
  let [attacks, asked, lost, askedAt] = [0, 0, 0, NaN];
  for (let now = begin; now < begin + ms; now = performance.now()) {
    const due = (now - begin) * REQUESTS_PER_SECOND / 1_000;
    for (const end = Math.min(due, attacks + AT_ONCE); attacks < end; attacks++) attack(attacks);
    const isWaiting = !Number.isNaN(askedAt);
    if (!isWaiting && asked * EVERY_MS <= now - begin) {
      bystander.request({ verb: "lap", user: BYSTANDER });
      [askedAt, asked] = [now, asked + 1];
    } else if (isWaiting && bystander.look()) {
      times.push((performance.now() - askedAt) * 1_000);
      askedAt = NaN;
    } else if (now - askedAt > PATIENCE_MS) {
      [askedAt, lost] = [NaN, lost + 1];
    } else pause(PAUSE_MICROS);
  }
  const [p50, p99, most] = [0.5, 0.99, 1].map((part) => quantile(times, part));
  return { p50: p50!, p99: p99!, most: most!, unanswered: lost };
}

async function measure(port: number, ms: number): Promise<void> {
  becomeLoad();
  const clients = USERS.map((user) => new SealedClient(port, user));
  const [publisher, greedy, bystander] = clients as [SealedClient, SealedClient, SealedClient];
  await answerLines(async (asked) => {
    for (const client of clients) await client.logInAtLast();
    const hello = await greet(port);
    return lapBeside(bystander, ms, (i) => {
      if (i % REQUESTS_PER_SECOND === 0) publisher.request({ verb: "heartbeat", user: PUBLISHER });
      if (asked === "login") hello();
      else if (asked !== "nothing") greedy.request(costliest(asked, i));
    });
  });
}

if (import.meta.main) await measure(Number(Deno.args[0]), Number(Deno.args[1]));
