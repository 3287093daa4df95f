import { assertEquals, assertRejects } from "@std/assert";
import { RECENT_MS, RecentAnswer } from "../../../lib/server/http/recent_answer.ts";

Deno.test("however many ask at once, one question is asked", async () => {
  let [now, asked] = [0, 0];
  const answer = new RecentAnswer(() => Promise.resolve(++asked), () => now);
  assertEquals(await Promise.all([answer.get(), answer.get(), answer.get()]), [1, 1, 1]);
  now += RECENT_MS - 1;
  assertEquals(await answer.get(), 1);
  now += 1;
  assertEquals(await Promise.all([answer.get(), answer.get()]), [2, 2]);
});

Deno.test("a failure is not kept", async () => {
  let isBroken = true;
  const ask = () => isBroken ? Promise.reject(new Error("broken")) : Promise.resolve("well");
  const answer = new RecentAnswer(ask, () => 0);
  await assertRejects(() => answer.get(), Error, "broken");
  isBroken = false;
  assertEquals(await answer.get(), "well");
});
