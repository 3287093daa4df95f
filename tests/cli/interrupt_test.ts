import { assertEquals } from "@std/assert";
import { unlessRepeated } from "../../lib/cli/interrupt.ts";

Deno.test({
  name: "a Ctrl-C that is passed on counts once, and a person's second one counts",
  permissions: "none",
}, () => {
  const heard: number[] = [];
  let now = 0;
  const listener = unlessRepeated(() => heard.push(now), () => now);
  for (now of [1_000, 1_005, 1_040, 1_150, 1_300, 9_000]) listener();
  assertEquals(heard, [1_000, 1_150, 1_300, 9_000]);
});
