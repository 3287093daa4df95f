import { assertEquals } from "@std/assert";
import { PiecePlan } from "../../lib/peer/piece_plan.ts";

const MISSING_THREE = [false, true, false, false];

Deno.test("pieces are asked for in their order, without those that are there", () => {
  const plan = new PiecePlan(MISSING_THREE);
  assertEquals([plan.take("hans"), plan.take("yoda"), plan.take("hans")], [0, 2, 3]);
  assertEquals(plan.left, 3);
});

Deno.test("a piece that a source did not bring is asked for again", () => {
  const plan = new PiecePlan(MISSING_THREE);
  const piece = plan.take("hans")!;
  plan.release(piece, "hans");
  assertEquals(plan.take("yoda"), piece);
});

Deno.test("whoever has nothing else to send races the slowest, once", () => {
  const plan = new PiecePlan([false, false]);
  plan.take("hans");
  const last = plan.take("yoda")!;
  plan.finish(last);
  assertEquals([plan.take("yoda"), plan.take("chewy")], [0, undefined]);
  assertEquals([plan.finish(0), plan.finish(0), plan.left], [true, false, 0]);
});

Deno.test("a source that is sending a piece still does not race another's", () => {
  const plan = new PiecePlan([false, false]);
  plan.take("hans");
  plan.take("yoda");
  assertEquals(plan.take("yoda"), undefined);
});
