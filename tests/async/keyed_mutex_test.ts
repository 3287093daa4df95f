import { assertEquals, assertRejects } from "@std/assert";
import { KeyedMutex } from "../../lib/async/keyed_mutex.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "what is about one key runs in turn, the rest at once", ...PURE }, async () => {
  const mutex = new KeyedMutex<string>();
  const first = Promise.withResolvers<void>();
  const log: string[] = [];
  const run = (key: string, step: string, until?: Promise<void>) => {
    return mutex.run(key, async () => {
      log.push(`${step} begins`);
      await until;
      log.push(`${step} ends`);
    });
  };
  const all = [run("a", "1", first.promise), run("a", "2"), run("b", "3")];
  await all[2];
  assertEquals(log, ["1 begins", "3 begins", "3 ends"]);
  first.resolve();
  await Promise.all(all);
  assertEquals(log.slice(3), ["1 ends", "2 begins", "2 ends"]);
});

Deno.test({ name: "a failure is its own, and holds up nobody", ...PURE }, async () => {
  const mutex = new KeyedMutex<string>();
  const failing = mutex.run("a", () => Promise.reject(new Error("no")));
  const after = mutex.run("a", () => Promise.resolve("yes"));
  await assertRejects(() => failing, Error, "no");
  assertEquals(await after, "yes");
});

Deno.test({ name: "what is about several keys waits for all of them", ...PURE }, async () => {
  const mutex = new KeyedMutex<string>();
  const log: string[] = [];
  const holds = { a: Promise.withResolvers<void>(), b: Promise.withResolvers<void>() };
  const first = (["a", "b"] as const).map((key) => mutex.run(key, () => holds[key].promise));
  const both = mutex.runAll(["b", "a"], () => Promise.resolve(log.push("both")));
  const others = mutex.runAll(["a", "b", "c"], () => Promise.resolve(log.push("others")));
  holds.a.resolve();
  await first[0];
  assertEquals(log, []);
  holds.b.resolve();
  await Promise.all([both, others]);
  assertEquals(log, ["both", "others"]);
});
