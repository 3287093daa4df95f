import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { unlessAborted, untilAborted } from "../../lib/async/until_aborted.ts";

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

Deno.test("unlessAborted() waits for as long as nobody interrupts it", async () => {
  const { signal } = new AbortController();
  assertEquals(await unlessAborted(Promise.resolve(7), signal), 7);
  const late = Promise.withResolvers<number>();
  const waiting = unlessAborted(late.promise, AbortSignal.abort());
  assertEquals((await assertRejects(() => waiting, BitTrickleError)).code, "interrupted");
  late.reject(new Error("too late to matter"));
});
