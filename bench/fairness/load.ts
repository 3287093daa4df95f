/**
 * Users who ask for little beside somebody who asks for as much as one may. Every line of input
 * names what the other one asks for. `load.ts <port> <milliseconds>`
 *
 * @module
 */

import { GuessAllowance, SealedLoginAttempt } from "../../lib/peer/session/sealed_login.ts";
import { REQUESTS_PER_SECOND } from "../../lib/protocol/limits.ts";
import { decodeSealedDatagram } from "../../lib/protocol/sealed_datagram.ts";
import { askAtRate, LATEST_MICROS } from "../clients/at_rate.ts";
import { becomeLoad, FastUdp } from "../clients/fast_udp.ts";
import { logIn } from "../clients/log_in.ts";
import { clientName, CLIENTS, PASSWORD, PUBLISHER } from "../clients/questions.ts";
import { SealedClient } from "../clients/sealed_client.ts";
import { answerLines } from "../lines.ts";
import { type Asked, costliest, GREEDY } from "./costliest.ts";

/** How long answers took, in milliseconds, and how many did not come. */
export interface Answers {
  readonly times: readonly number[];
  readonly lost: number;
}

const [port, ms] = Deno.args.map(Number) as [number, number];
/** How often one of the others asks for a list. */
const LAPS_PER_SECOND = 50;
/** Who lags behind does not flood the server. */
const AT_ONCE = 16;

const [publisher, greedy] = [PUBLISHER, GREEDY].map((user) => new SealedClient(port, user));
const others = Array.from({ length: CLIENTS }, (_, i) => new SealedClient(port, clientName(i)));

/** Says hello again and again, with the proof of address that it takes. */
async function greet(): Promise<() => void> {
  const socket = new FastUdp(port);
  const trust = { known: undefined, allowance: new GuessAllowance() };
  const attempt = await SealedLoginAttempt.begin({ user: GREEDY, password: PASSWORD }, trust);
  return () => {
    for (let answer = socket.look(); answer; answer = socket.look()) {
      const datagram = decodeSealedDatagram(answer.slice());
      if (datagram.kind === "retry") attempt.takeToken(datagram);
    }
    socket.send(attempt.hello() as Uint8Array<ArrayBuffer>);
  };
}

/** A function that calls `attack` at the rate that one session may have, if it is called often. */
function atFullRate(attack: (i: number) => void): () => void {
  const begin = performance.now();
  let attacks = 0;
  return () => {
    const due = (performance.now() - begin) * REQUESTS_PER_SECOND / 1_000;
    for (const end = Math.min(due, attacks + AT_ONCE); attacks < end; attacks++) attack(attacks);
  };
}

becomeLoad();
await answerLines(async (line): Promise<Answers> => {
  const asked = line as Asked;
  await logIn(publisher!, greedy!, ...others);
  const hello = await greet();
  const meanwhile = atFullRate((i) => {
    if (i % REQUESTS_PER_SECOND === 0) publisher!.ask("heartbeat");
    if (asked === "login") hello();
    else if (asked !== "nothing") greedy!.request(costliest(asked, GREEDY, PUBLISHER, i));
  });
  const all = askAtRate(others, "lap", { perSecond: LAPS_PER_SECOND, ms, meanwhile });
  const times = all.filter((micros) => micros !== LATEST_MICROS).map((micros) => micros / 1_000);
  return { times, lost: all.length - times.length };
});
