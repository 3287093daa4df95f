/**
 * No key ever seals two texts under one number, whatever clients and attackers do with any number of
 * processes. `BITTRICKLE_SEALS` says how many boxes are watched, for a longer trial than the gate's.
 *
 * @module
 */

import { assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { Roaming } from "../../../lib/index/service/roaming.ts";
import { sealReply } from "../../../lib/index/service/sealed_answer.ts";
import { RequestWindow } from "../../../lib/index/sessions/request_window.ts";
import { HEADER_BYTES } from "../../../lib/protocol/sealed_message.ts";
import { NonceChecker, NonceReused } from "../../support/nonce_checker.ts";
import { may } from "../../support/permission.ts";
import { seededRandom } from "../../support/seeded.ts";
import { assertSeen, Fleet, type Process } from "./fleet.ts";
import { takeSteps } from "./fleet_steps.ts";

const SEALS = Number(may("env") && Deno.env.get("BITTRICKLE_SEALS") || 30_000);
const IS_LONG = SEALS > 30_000;
/** After so many steps everything begins anew, as the eavesdropper's record would be full. */
const STEPS_AT_ONCE = 2_000;

type Prepare = (fleet: Fleet) => void;

/** Goes on until `seals` boxes were made. */
async function runFleets(seals: number, prepare: Prepare = () => {}): Promise<Map<string, number>> {
  using checker = new NonceChecker();
  const seen = new Map<string, number>();
  for (let seed = 1; checker.seals < seals; seed++) {
    const fleet = new Fleet(seededRandom(seed), seen);
    prepare(fleet);
    await takeSteps(fleet, STEPS_AT_ONCE);
  }
  seen.set("seals", checker.seals).set("keys", checker.keys);
  return seen;
}

const MUST_BE_SEEN = [
  "hello -> retry",
  "hello -> challenge",
  "hello -> silence",
  "login -> welcome",
  "login -> silence",
  "message -> message",
  "message -> reset",
  "message -> silence",
  "welcome -> silence",
  "damaged -> silence",
  "heartbeat: moved",
  "heartbeat: done",
  "move: moved",
  "move: done",
  "pub: published",
  "get: sources",
  "restart a process",
];

Deno.test({
  name: `among ${SEALS} boxes of processes with the same keys no number of a key has two texts`,
  permissions: "none",
}, async () => {
  const start = performance.now();
  const seen = await runFleets(SEALS);
  assertSeen(seen, MUST_BE_SEEN);
  if (IS_LONG) report(seen, performance.now() - start);
});

function report(seen: ReadonlyMap<string, number>, ms: number): void {
  const rows = [...seen].sort(([a], [b]) => a < b ? -1 : 1);
  // deno-lint-ignore no-console
  console.log(`in ${Math.round(ms / 1_000)} s:`, Object.fromEntries(rows));
}

/** Replaces methods of what every session has, until it is disposed of. */
function withFault(fault: Partial<RequestWindow>): Disposable {
  const prototype = RequestWindow.prototype;
  const original = { isFresh: prototype.isFresh };
  Object.assign(prototype, fault);
  return { [Symbol.dispose]: () => void Object.assign(prototype, original) };
}

Deno.test({
  name: "this finds an index that runs a request again that comes again",
  permissions: "none",
}, async () => {
  using _fault = withFault({ isFresh: () => true });
  await assertRejects(() => runFleets(10_000), NonceReused);
});

Deno.test({
  name: "this finds an index that tells two tokens under one number",
  permissions: "none",
}, async () => {
  const { answer } = Roaming.prototype;
  Roaming.prototype.answer = function (session, ...rest) {
    delete session.sealed!.asked;
    return answer.call(this, session, ...rest);
  };
  try {
    await assertRejects(() => runFleets(10_000), NonceReused);
  } finally {
    Roaming.prototype.answer = answer;
  }
});

/** Makes `process` answer messages under number 0, which no real one even decodes. */
function answerNumberZero(process: Process): void {
  const answer = process.answer.bind(process);
  process.answer = (datagram, from, now) => {
    const header = datagram.subarray(0, HEADER_BYTES);
    const session = process.index.sealedSession(
      Buffer.from(header.subarray(5, 13)).toString("base64url"),
    );
    const isZero = header.subarray(13).every((byte) => byte === 0);
    if (!session?.sealed || !isZero) return answer(datagram, from, now);
    return sealReply(session.sealed.keys.toClient, 0, header, { kind: "done", time: now });
  };
}

Deno.test({
  name: "this finds an index that answers messages under number 0",
  permissions: "none",
}, async () => {
  const prepare = ({ processes }: Fleet) => processes.forEach(answerNumberZero);
  await assertRejects(() => runFleets(10_000, prepare), NonceReused);
});
