import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Patience, PATIENCE_MS } from "../../lib/etcd/patience.ts";

const PURE = { permissions: "none" } as const;

function after(...answers: readonly number[]): number {
  const patience = new Patience();
  for (const ms of answers) patience.answered(ms);
  return patience.ms;
}

Deno.test("an etcd that usually answers soon is not waited for", PURE, () => {
  assertEquals(after(), PATIENCE_MS.least);
  assert(
    after(...Array<number>(20).fill(10), 1_000) < 2 * PATIENCE_MS.least,
    "one is an exception",
  );
});

Deno.test("one that is slow is waited for, and its recovery shows", PURE, () => {
  const slow = Array<number>(20).fill(900);
  assertEquals(after(...slow), PATIENCE_MS.most);
  assertEquals(after(...slow, ...Array<number>(40).fill(10)), PATIENCE_MS.least);
});

Deno.test("patience has bounds", PURE, () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 10_000 })), (answers) => {
    const ms = after(...answers);
    assert(ms >= PATIENCE_MS.least && ms <= PATIENCE_MS.most);
  }));
});
