import { assertEquals, assertRejects } from "@std/assert";
import { within } from "../../lib/net/within.ts";

Deno.test({ name: "within() returns what comes in time", permissions: "none" }, async () => {
  assertEquals(await within(Promise.resolve(7), 10_000), 7);
});

Deno.test(
  { name: "within() returns undefined for what comes late", permissions: "none" },
  async () => {
    const never = Promise.withResolvers<number>();
    assertEquals(await within(never.promise, 1), undefined);
    never.reject(new Error("too late to matter"));
  },
);

Deno.test({ name: "within() passes a failure on", permissions: "none" }, async () => {
  await assertRejects(() => within(Promise.reject(new RangeError("no")), 10_000), RangeError, "no");
});
