/**
 * Timers that count no sleep. A program that is blocked is, to its timers, one that was stopped.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { AwakeStopwatch, AwakeTimer } from "../../lib/async/awake.ts";
import { block } from "../support/block.ts";

const PURE = { permissions: "none" } as const;

/** When a timer of `ms` fires, in milliseconds from now, while the program sleeps at its beginning. */
async function firesAfter(ms: number, sleepMs: number): Promise<number> {
  const began = performance.now();
  const due = Promise.withResolvers<number>();
  using _ = new AwakeTimer(ms, () => due.resolve(performance.now() - began));
  if (sleepMs > 0) block(sleepMs);
  return await due.promise;
}

Deno.test({ name: "a timer fires once its time is over", ...PURE }, async () => {
  const after = await firesAfter(80, 0);
  assert(after >= 75, `after ${after} ms`);
});

Deno.test({ name: "a wait that was slept through begins anew", ...PURE }, async () => {
  const after = await firesAfter(400, 1_500);
  assert(after >= 1_890, `after ${after} ms`);
});

Deno.test(
  { name: "a pause that is short, by itself or against the wait, counts", ...PURE },
  async () => {
    assert(await firesAfter(400, 600) < 990);
    assert(await firesAfter(6_000, 1_200) < 7_100);
  },
);

Deno.test(
  { name: "a timer that was disposed of, or waits for ever, is silent", ...PURE },
  async () => {
    let fired = 0;
    const timers = [20, Infinity].map((ms) => new AwakeTimer(ms, () => fired++));
    for (const timer of timers) timer[Symbol.dispose]();
    timers[0]!.restart(20);
    const later = Promise.withResolvers<void>();
    using _ = new AwakeTimer(30, () => later.resolve());
    await later.promise;
    assertEquals(fired, 0);
  },
);

Deno.test({ name: "a restarted timer waits for the new time", ...PURE }, async () => {
  const due = Promise.withResolvers<void>();
  using timer = new AwakeTimer(Infinity, () => due.resolve());
  timer.restart(16);
  await due.promise;
});

Deno.test({ name: "a stopwatch counts what passed, but no sleep", ...PURE }, () => {
  const watch = new AwakeStopwatch(200);
  block(50);
  const lap = watch.lap();
  assert(!lap.hasSlept && lap.ms >= 49 && lap.ms < 200, `${lap.ms} ms`);
  block(300);
  assertEquals(watch.lap(), { ms: 0, hasSlept: true });
});
