import { assertEquals, assertRejects } from "@std/assert";
import { BitTrickleError } from "../../lib/errors.ts";
import { withTimeout } from "../../lib/async/with_timeout.ts";

Deno.test({ name: "within() returns what comes in time", permissions: "none" }, async () => {
  assertEquals(await withTimeout(Promise.resolve(7), 10_000), 7);
});

Deno.test(
  { name: "within() returns undefined for what comes late", permissions: "none" },
  async () => {
    const never = Promise.withResolvers<number>();
    assertEquals(await withTimeout(never.promise, 1), undefined);
    never.reject(new Error("too late to matter"));
  },
);

Deno.test({ name: "within() passes a failure on", permissions: "none" }, async () => {
  await assertRejects(
    () => withTimeout(Promise.reject(new RangeError("no")), 10_000),
    RangeError,
    "no",
  );
});

Deno.test("within() is interrupted by a signal, and leaves no timer", async () => {
  const stopping = new AbortController();
  const waiting = withTimeout(new Promise(() => {}), 60_000, stopping.signal);
  stopping.abort();
  assertEquals((await assertRejects(() => waiting, BitTrickleError)).code, "interrupted");
});
