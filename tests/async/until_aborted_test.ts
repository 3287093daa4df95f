import { assertEquals, assertRejects } from "@std/assert";
import { untilAborted } from "../../lib/async/until_aborted.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "what comes in time is what comes", ...PURE }, async () => {
  const { signal } = new AbortController();
  assertEquals(await untilAborted(Promise.resolve(7), signal), 7);
  await assertRejects(() => untilAborted(Promise.reject(new TypeError("x")), signal), TypeError);
});

Deno.test(
  { name: "an abort is not kept waiting, nor is a failure after it heard", ...PURE },
  async () => {
    const stopping = new AbortController();
    const { promise, reject } = Promise.withResolvers<number>();
    const waiting = untilAborted(promise, stopping.signal);
    stopping.abort();
    assertEquals(await waiting, undefined);
    assertEquals(await untilAborted(promise, stopping.signal), undefined);
    reject(new Error("late"));
  },
);
