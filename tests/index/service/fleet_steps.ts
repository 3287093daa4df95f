/**
 * What may happen in a {@linkcode Fleet}, and how often.
 *
 * @module
 */

import type { SealedRequest } from "../../../lib/protocol/sealed_request.ts";
import { type Client, cut, type Fleet, flipped } from "./fleet.ts";

type Step = (fleet: Fleet, client: Client) => void | Promise<void>;

const NAMES = ["a.txt", "b c", "d/e", "f"];
const DETAILS = { size: 5, id: "ab".repeat(32) };
/** Pauses: the last ones end sessions, tokens and cookies. */
const PAUSES_MS = [1, 50, 50, 50, 200, 200, 200, 500, 500, 1_500, 3_001, 10_001];
/** How often somebody who is out logs in instead of letting others go on: it takes milliseconds. */
const LOGS_IN_AGAIN = 0.1;

/** Each step, and how often it is taken compared with the others. */
const STEPS: Readonly<Record<string, readonly [weight: number, step: Step]>> = {
  "ask": [40, (fleet, client) => fleet.say(client, ask(fleet, client))],
  "retransmit": [12, (fleet, client) => client.latest && fleet.say(client, client.latest)],
  "replay anything anywhere": [15, replay],
  "replay a damaged datagram": [3, (fleet) => replayDamaged(fleet)],
  "relay and race": [6, relay],
  "overtake": [8, overtake],
  "go elsewhere": [2, (fleet, client) => void (client.from = fleet.somewhere())],
  "prove the address": [8, prove],
  "log in": [0.3, (fleet, client) => logIn(fleet, client)],
  "log in with two copies": [0.1, logInTwice],
  "use number 0": [0.3, useNumberZero],
  "say bye": [0.3, (fleet, client) => fleet.say(client, fleet.message(client, bye(client)))],
  "wait": [1, (fleet) => void (fleet.now += fleet.oneOf(PAUSES_MS))],
  "settle what waits": [6, (fleet) => fleet.settle()],
  "restart a process": [0.05, (fleet) => restart(fleet)],
};

const NAMES_OF_STEPS = Object.keys(STEPS);
const ALL_WEIGHTS = Object.values(STEPS).reduce((sum, [weight]) => sum + weight, 0);
/** Those that a client who is out cannot take. */
const IN_ONLY = [
  "ask",
  "relay and race",
  "overtake",
  "prove the address",
  "say bye",
  "use number 0",
];

/** Takes `count` steps. */
export async function takeSteps(fleet: Fleet, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    fleet.now += fleet.below(20);
    const client = fleet.oneOf(fleet.clients);
    const chosen = choose(fleet);
    const isOut = !client.isIn && IN_ONLY.includes(chosen);
    if (isOut && !fleet.happens(LOGS_IN_AGAIN)) continue;
    const name = isOut ? "log in" : chosen;
    fleet.count(name);
    const done = STEPS[name]![1](fleet, client);
    if (done) await done;
  }
  await fleet.settle();
}

function choose(fleet: Fleet): string {
  let left = fleet.below(ALL_WEIGHTS * 100) / 100;
  return NAMES_OF_STEPS.find((name) => (left -= STEPS[name]![0]) < 0)!;
}

function ask(fleet: Fleet, client: Client): Uint8Array {
  return fleet.message(client, anyRequest(fleet, client.member.user));
}

function anyRequest(fleet: Fleet, user: string): SealedRequest {
  const name = fleet.oneOf(NAMES);
  return fleet.oneOf<SealedRequest>([
    { verb: "heartbeat", user },
    { verb: "heartbeat", user },
    { verb: "lap", user },
    { verb: "lpf", user, of: "hans" },
    { verb: "sch", user, text: "txt" },
    { verb: "pub", user, name, details: DETAILS },
    { verb: "unp", user, name },
    { verb: "get", user, name },
    { verb: "get", user, name },
    { verb: "have", user, content: DETAILS },
    { verb: "lack", user, content: DETAILS },
    { verb: "move", user, token: "A".repeat(32) },
  ]);
}

function bye({ member }: Client): SealedRequest {
  return { verb: "bye", user: member.user };
}

/** The address may be that of anybody, and the process any. */
function replay(fleet: Fleet): void {
  const recorded = fleet.recorded();
  if (!recorded) return;
  const to = fleet.happens(0.5) ? recorded.to : fleet.oneOf(fleet.processes);
  const from = fleet.happens(0.5) ? recorded.from : fleet.somewhere();
  fleet.send({ datagram: recorded.datagram, to, from });
}

function replayDamaged(fleet: Fleet): void {
  const recorded = fleet.recorded();
  if (!recorded) return;
  const { datagram } = recorded;
  const damaged = fleet.happens(0.5) ? flipped(fleet, datagram) : cut(fleet, datagram);
  fleet.send({ ...recorded, datagram: damaged, from: fleet.somewhere() });
}

/** Somebody on the path is quicker, from an address of its own; the original may come or not. */
function relay(fleet: Fleet, client: Client): void {
  const isMove = client.token !== undefined && fleet.happens(0.5);
  const message = isMove ? moveMessage(fleet, client) : ask(fleet, client);
  fleet.say(client, message, fleet.somewhere());
  if (fleet.happens(0.7)) fleet.say(client, message);
}

/** Messages arrive in another order than they were made, some from elsewhere. */
function overtake(fleet: Fleet, client: Client): void {
  const messages = Array.from({ length: 1 + fleet.below(20) }, () => ask(fleet, client));
  while (messages.length > 0) {
    const [message] = messages.splice(fleet.below(messages.length), 1);
    fleet.say(client, message!, fleet.happens(0.8) ? client.from : fleet.somewhere());
  }
}

function prove(fleet: Fleet, client: Client): void {
  if (client.token === undefined) fleet.say(client, ask(fleet, client));
  if (client.token !== undefined) fleet.say(client, moveMessage(fleet, client));
}

function moveMessage(fleet: Fleet, client: Client): Uint8Array {
  const { member, token = "" } = client;
  client.token = undefined;
  return fleet.message(client, { verb: "move", user: member.user, token });
}

function logIn(fleet: Fleet, client: Client, copies = 1): void {
  const login = fleet.begin(client);
  if (!login) return;
  for (let i = 0; i < copies; i++) fleet.say(client, login);
}

/** Which is the welcome's: a reply under it would be its second text. */
function useNumberZero(fleet: Fleet, client: Client): void {
  const { member, process: to, from } = client;
  fleet.send({ datagram: member.message({ verb: "heartbeat", user: member.user }, 0), to, from });
}

/** The second at every other process as well. */
function logInTwice(fleet: Fleet, client: Client): void {
  logIn(fleet, client, 2);
  const { latest: datagram, from } = client;
  if (datagram) { for (const to of fleet.processes) fleet.send({ datagram, to, from }); }
}

/** With the keys that it had, and nothing else. */
async function restart(fleet: Fleet): Promise<void> {
  await fleet.settle();
  const at = fleet.below(fleet.processes.length);
  const [old, process] = [fleet.processes[at]!, fleet.newProcess()];
  fleet.processes[at] = process;
  for (const client of fleet.clients) if (client.process === old) client.process = process;
}
