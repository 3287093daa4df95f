/**
 * Many sessions that only send their heartbeats, each from its own socket. Lines of input: `enter`
 * logs all in, `check` counts the sessions that the server has forgotten, `leave` makes all fall
 * silent. `idle_sessions.ts <port> plain|sealed <count>`
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { HEARTBEAT_MS } from "../../lib/protocol/limits.ts";
import { type Client, PlainClient } from "../clients/client.ts";
import { becomeLoad, giveUpAfter, pause } from "../clients/fast_udp.ts";
import { logIn } from "../clients/log_in.ts";
import { clientName } from "../clients/questions.ts";
import { SealedClient } from "../clients/sealed_client.ts";
import { answerLines } from "../lines.ts";

/** What every line is answered by. */
export interface IdleClients {
  readonly seconds: number;
  readonly forgotten: number;
  /** The longest that anybody was silent, in milliseconds: too long is the fault of this process. */
  readonly longestSilence: number;
}

const SLICE_MS = 2;
/** A process that lags behind catches up without flooding the server. */
const HEARTBEATS_AT_ONCE = 64;
/** Others send heartbeats while one waits for an answer: no answer takes that many looks. */
const PATIENCE = 1_000;
/** The answer to a heartbeat has come after that long. */
const ANSWER_MICROS = 5_000;

const KINDS = { plain: PlainClient, sealed: SealedClient };
/** In the order of their next heartbeats. */
const heartbeats: { readonly client: Client; readonly due: number }[] = [];
let longestSilence = 0;

function sendHeartbeats(): void {
  const now = performance.now();
  for (let sent = 0; sent < HEARTBEATS_AT_ONCE; sent++) {
    if (heartbeats.length === 0 || heartbeats[0]!.due > now) return;
    const { client, due } = heartbeats.shift()!;
    while (client.look() !== undefined); // Sealed heartbeats are answered.
    client.ask("heartbeat");
    longestSilence = Math.max(longestSilence, now - due + HEARTBEAT_MS);
    heartbeats.push({ client, due: due + HEARTBEAT_MS });
  }
}

async function sendForever(): Promise<never> {
  for (;;) {
    sendHeartbeats();
    await delay(SLICE_MS);
  }
}

async function enter(clients: readonly Client[]): Promise<void> {
  for (const client of clients) {
    await logIn(client);
    heartbeats.push({ client, due: performance.now() + HEARTBEAT_MS });
    sendHeartbeats();
  }
}

/** What arrives first may be the answer to a heartbeat. */
function isKnown(client: Client): boolean {
  for (let tries = 0; tries < 2; tries++) {
    while (client.look() !== undefined);
    client.ask("lap");
    if (client.hear()) return true;
    pause(ANSWER_MICROS);
  }
  return false;
}

function countForgotten(clients: readonly Client[]): number {
  return clients.filter((client) => {
    sendHeartbeats();
    return !isKnown(client);
  }).length;
}

const [port, kind, count] = Deno.args as [string, keyof typeof KINDS, string];
const clients = Array.from({ length: Number(count) }, (_, i) => {
  return new KINDS[kind](Number(port), clientName(i, kind));
});

becomeLoad();
giveUpAfter(PATIENCE);
sendForever();
await answerLines(async (command): Promise<IdleClients> => {
  const began = performance.now();
  if (command === "enter") await enter(clients);
  if (command === "leave") heartbeats.length = 0;
  const forgotten = command === "check" ? countForgotten(clients) : 0;
  return { seconds: (performance.now() - began) / 1_000, forgotten, longestSilence };
});
Deno.exit(); // The one who asks has gone.
