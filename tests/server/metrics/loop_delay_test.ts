import { assert, assertEquals } from "@std/assert";
import { LoopDelay } from "../../../lib/server/metrics/loop_delay.ts";
import { waitFor } from "../../support/wait_for.ts";

Deno.test("the longest time in which nothing else ran is told until it is taken", async () => {
  using loop = new LoopDelay();
  assertEquals(loop.longest, 0);
  const begun = performance.now();
  while (performance.now() - begun < 150);
  await waitFor("the delay", () => loop.longest > 100);
  assert(loop.takeLongest() > 100);
  assert(loop.longest < 100);
});
