/**
 * Waiting for a session while the index knows none.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../../lib/errors.ts";
import { SessionGate } from "../../../lib/peer/session/session_gate.ts";

const PURE = { permissions: "none" } as const;
const REFUSAL = new BitTrickleError("refused", "no");

/** A gate that is closed. */
function closedGate(): SessionGate {
  const gate = new SessionGate();
  gate.close();
  return gate;
}

Deno.test({ name: "nobody waits at an open gate", ...PURE }, async () => {
  const gate = new SessionGate();
  assert(!gate.isClosed);
  await gate.opened();
});

Deno.test({ name: "who waits goes on when the gate opens", ...PURE }, async () => {
  const gate = closedGate();
  const waiting = [gate.opened(), gate.settled()];
  gate.open();
  await Promise.all(waiting);
  assert(!gate.isClosed);
});

Deno.test({ name: "a refusal fails who waits, and who comes later", ...PURE }, async () => {
  const gate = closedGate();
  const waiting = assertRejects(() => gate.opened(), BitTrickleError, "no");
  gate.refuse(REFUSAL);
  await waiting;
  await assertRejects(() => gate.opened(), BitTrickleError, "no");
  await gate.settled();
  assertEquals([gate.isClosed, gate.isRefused], [true, true]);
});

Deno.test({ name: "another try after a refusal is waited for", ...PURE }, async () => {
  const gate = closedGate();
  gate.refuse(REFUSAL);
  gate.retry();
  const waiting = gate.opened();
  gate.open();
  await waiting;
  assertEquals([gate.isClosed, gate.isRefused], [false, false]);
});

Deno.test({ name: "a try that was not refused goes on", ...PURE }, async () => {
  const gate = closedGate();
  const waiting = gate.opened();
  gate.retry();
  gate.open();
  await waiting;
});

Deno.test({ name: "an interruption fails who waits", ...PURE }, async () => {
  const gate = closedGate();
  const waiting = assertRejects(() => gate.opened(), BitTrickleError);
  gate.interrupt();
  assertEquals((await waiting).code, "interrupted");
});
