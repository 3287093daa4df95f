import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { FairQueue } from "../../lib/index/fair_queue.ts";

const LIMITS = { each: 3, inAll: 8 };

/** An owner who adds something, or somebody who takes what is next. */
const steps = fc.array(fc.oneof(fc.nat(12), fc.constant("take" as const)), { maxLength: 200 });

Deno.test({
  name: "FairQueue takes from each owner in turn, what was added first",
  permissions: "none",
}, () => {
  const queue = new FairQueue<string>(LIMITS);
  for (const item of ["a1", "a2", "a3", "b1", "c1", "c2"]) queue.add(item[0], item);
  const taken = Array.from({ length: 7 }, () => queue.take());
  assertEquals(taken, ["a1", "b1", "c1", "a2", "c2", "a3", undefined]);
});

Deno.test({
  name: "FairQueue that is full still takes one item of an owner who has none there",
  permissions: "none",
}, () => {
  const queue = new FairQueue<number>(LIMITS);
  for (let i = 0; i < 9; i++) queue.add(i % 3, i);
  assertEquals(queue.size, 8, "two owners have three, and one has two");
  assertEquals([queue.add(2, 0), queue.add("new", 1), queue.add("new", 2)], [false, true, false]);
});

Deno.test({
  name: "FairQueue never makes an owner wait for more than one item of each other owner",
  permissions: "none",
}, () => {
  fc.assert(fc.property(steps, (steps) => {
    const queue = new FairQueue<number>(LIMITS);
    const waiting = new Map<number, number>();
    /** Whose items were taken since each owner had a turn or came. */
    const passed = new Map<number, number[]>();
    const all = () => waiting.values().reduce((sum, count) => sum + count, 0);
    for (const step of steps) {
      if (step === "take") {
        const owner = queue.take();
        assertEquals(owner === undefined, all() === 0);
        if (owner === undefined) continue;
        const left = waiting.get(owner)! - 1;
        waiting.set(owner, left);
        for (const others of passed.values()) others.push(owner);
        if (left > 0) passed.set(owner, []);
        else passed.delete(owner);
        for (const others of passed.values()) assertEquals(new Set(others).size, others.length);
        continue;
      }
      const own = waiting.get(step) ?? 0;
      const owners = passed.size;
      const isIn = queue.add(step, step);
      assertEquals(isIn, own === 0 ? owners < LIMITS.inAll : own < LIMITS.each && all() < 8);
      if (!isIn) continue;
      waiting.set(step, own + 1);
      if (own === 0) passed.set(step, []);
      assertEquals(queue.size, all());
      assert(queue.size <= 2 * LIMITS.inAll);
    }
  }));
});
