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
