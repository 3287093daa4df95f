/**
 * Somebody who asks for little beside somebody who asks for as much as one may. Every line of input
 * names what the other one asks for. `pair.ts <port>`
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { SealedLoginAttempt } from "../../lib/peer/session/sealed_login.ts";
import { REQUESTS_PER_SECOND } from "../../lib/protocol/limits.ts";
import { decodeSealedDatagram } from "../../lib/protocol/sealed_datagram.ts";
import type { SealedRequest } from "../../lib/protocol/sealed_request.ts";
import { linesOf } from "../lines.ts";
import { enterAtLast } from "../requests/asker.ts";
import { FastUdp, pause, pauseExactly, stayOnOneCore } from "../requests/fast_udp.ts";
import { type Latency, summarize } from "../requests/open_loop.ts";
import { SealedAsker } from "../requests/sealed_asker.ts";
import { PASSWORD } from "../requests/users.ts";

/** What the greedy one asks for, and who publishes all there is. */
export const ASKED = ["nothing", "sch", "lpf", "pub", "login", "get"] as const;
export const USERS = ["hog", "greedy", "bystander"] as const;

const [HOG, user, BYSTANDER] = USERS;
const MS = 8_000;
const EVERY_MS = 5;
const PATIENCE_MS = 500;
const PAUSE_MICROS = 10;
/** Who lags behind does not flood the server. */
const AT_ONCE = 16;
const SEARCHES = [
  "e o a i n t r s larger:9TB case:any",
  "ext:pdf,df,f,mp3,mkv,jpg,zip,txt larger:9TB",
  `${"ar ".repeat(190)}case:any`,
  `user:${HOG} larger:9TB`,
];

/** The costliest request of its kind; no name is published twice. */
function costliest(asked: string, i: number): SealedRequest {
  if (asked === "get") return { verb: "get", user, name: i % 2 === 0 ? "0000" : "file 7" };
  if (asked === "sch") return { verb: "sch", user, text: SEARCHES[i % SEARCHES.length]! };
  if (asked === "lpf") return { verb: "lpf", user, of: HOG };
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
function lapBeside(bystander: SealedAsker, attack: (i: number) => void): Latency {
  const times: number[] = [];
  const begin = performance.now();
  let [attacks, asked, lost, askedAt] = [0, 0, 0, NaN];
  for (let now = begin; now < begin + MS; now = performance.now()) {
    const due = (now - begin) * REQUESTS_PER_SECOND / 1_000;
    for (const end = Math.min(due, attacks + AT_ONCE); attacks < end; attacks++) attack(attacks);
    const isWaiting = !Number.isNaN(askedAt);
    if (!isWaiting && asked * EVERY_MS <= now - begin) {
      bystander.send({ verb: "lap", user: BYSTANDER });
      [askedAt, asked] = [now, asked + 1];
    } else if (isWaiting && bystander.look()) {
      times.push((performance.now() - askedAt) * 1_000);
      askedAt = NaN;
    } else if (now - askedAt > PATIENCE_MS) {
      [askedAt, lost] = [NaN, lost + 1];
    } else pause(PAUSE_MICROS);
  }
  return summarize(times, lost);
}

if (import.meta.main) {
  stayOnOneCore();
  pauseExactly();
  const port = Number(Deno.args[0]);
  const askers = USERS.map((user) => new SealedAsker(port, user));
  const [hog, greedy, bystander] = askers as [SealedAsker, SealedAsker, SealedAsker];
  for await (const asked of linesOf(Deno.stdin.readable)) {
    for (const asker of askers) await enterAtLast(asker);
    const hello = await greet(port);
    const latency = lapBeside(bystander, (i) => {
      if (i % REQUESTS_PER_SECOND === 0) hog.send({ verb: "heartbeat", user: HOG });
      if (asked === "login") hello();
      else if (asked !== "nothing") greedy.send(costliest(asked, i));
    });
    toStdout(`${JSON.stringify(latency)}\n`);
  }
}
