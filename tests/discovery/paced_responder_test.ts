import { assert, assertEquals } from "@std/assert";
import { PacedResponder } from "../../lib/discovery/paced_responder.ts";
import { waitFor } from "../support/wait_for.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "whoever asks within a second gets one answer after it", ...PURE }, async () => {
  const times: number[] = [];
  using responder = new PacedResponder(() => void times.push(performance.now()));
  for (let i = 0; i < 100; i++) responder.answer(false);
  assertEquals(times.length, 1);
  await waitFor("the second", () => times.length === 2);
  for (let i = 0; i < 100; i++) responder.answer(false);
  assertEquals(times.length, 2);
  assert(times[1]! - times[0]! >= 1_000);
});

Deno.test({ name: "a probe is answered sooner, and with it all who wait", ...PURE }, async () => {
  const times: number[] = [];
  using responder = new PacedResponder(() => void times.push(performance.now()));
  for (const isProbe of [false, false, true, false]) responder.answer(isProbe);
  await waitFor("the second", () => times.length === 2);
  const apart = times[1]! - times[0]!;
  assert(apart >= 250 && apart < 1_000, `${apart} ms`);
});

Deno.test({ name: "what is due is not said after the end", ...PURE }, () => {
  let said = 0;
  const responder = new PacedResponder(() => void said++);
  for (let i = 0; i < 2; i++) responder.answer(false);
  responder[Symbol.dispose](); // A timer that were left over would fail this test.
  assertEquals(said, 1);
});
