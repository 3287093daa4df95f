import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { TokenBucket } from "../../lib/async/token_bucket.ts";

/** How many of `wanted` are let through at `now`. */
function taken(bucket: TokenBucket, wanted: number, now: number): number {
  return Array.from({ length: wanted }, () => bucket.take(now)).filter(Boolean).length;
}

Deno.test({ name: "TokenBucket lets its burst through at once", permissions: "none" }, () => {
  assertEquals(taken(new TokenBucket({ perSecond: 20, burst: 40 }, 0), 100, 0), 40);
});

Deno.test({ name: "TokenBucket lets through what time has earned", permissions: "none" }, () => {
  const bucket = new TokenBucket({ perSecond: 20, burst: 40 }, 1_000);
  taken(bucket, 40, 1_000);
  assert(!bucket.take(1_049));
  assert(bucket.take(1_050));
  assert(!bucket.take(1_050));
  assertEquals(taken(bucket, 100, 1_550), 10);
  assertEquals(taken(bucket, 100, 2_550), 20);
});

Deno.test({ name: "TokenBucket saves up no more than its burst", permissions: "none" }, () => {
  const bucket = new TokenBucket({ perSecond: 20, burst: 40 }, 0);
  assertEquals(taken(bucket, 100, 1_000_000), 40);
});

Deno.test({
  name: "TokenBucket lets through at most its burst and its rate, and all that keep to the rate",
  permissions: "none",
}, () => {
  const pauses = fc.array(fc.nat(300), { maxLength: 100, size: "max" });
  fc.assert(fc.property(pauses, (pauses) => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 5 }, 0);
    const steady = new TokenBucket({ perSecond: 10, burst: 5 }, 0);
    let now = 0;
    let taken = 0;
    for (const pause of pauses) {
      now += pause;
      if (bucket.take(now)) taken++;
      assert(taken <= 5 + now / 100 + 1e-6);
      if (pause >= 100) assert(steady.take(now));
    }
  }));
});

Deno.test({ name: "TokenBucket tells when a debt is paid", permissions: "none" }, () => {
  const bucket = new TokenBucket({ perSecond: 20, burst: 40 }, 0);
  bucket.spend(30, 0);
  assertEquals(bucket.debtMs(0), 0);
  bucket.spend(30, 0);
  assertEquals(bucket.debtMs(0), 1_000);
  assertEquals(bucket.debtMs(400), 600);
  assert(!bucket.take(1_000));
  assert(bucket.take(1_050));
});
