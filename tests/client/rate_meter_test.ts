import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { RateMeter } from "../../lib/client/rate_meter.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "a rate is the average of the last 5 s", ...PURE }, () => {
  const meter = new RateMeter();
  for (let now = 0; now <= 20_000; now += 250) meter.update(now * 10 + 1_000_000, now);
  assertEquals(meter.rate(20_000), 10_000);
  for (let now = 20_250; now <= 22_500; now += 250) meter.update(1_200_000, now);
  assertEquals(meter.rate(22_500), 5_000);
  assertEquals(meter.rate(27_500), 0);
});

Deno.test({ name: "there is no rate before half a second", ...PURE }, () => {
  const meter = new RateMeter();
  assertEquals(meter.rate(0), undefined);
  meter.update(0, 0);
  meter.update(1_000, 499);
  assertEquals([meter.rate(499), meter.rate(500)], [undefined, 2_000]);
});

Deno.test({ name: "what begins anew has no rate of before", ...PURE }, () => {
  const meter = new RateMeter();
  meter.update(0, 0);
  meter.update(900_000, 1_000);
  meter.update(10, 1_100);
  meter.update(1_010, 2_100);
  assertEquals(meter.rate(2_100), 1_000);
});

Deno.test({ name: "no rate is more than the fastest moment, nor below zero", ...PURE }, () => {
  const step = fc.record({ bytes: fc.nat(1_000), ms: fc.integer({ min: 1, max: 3_000 }) });
  fc.assert(fc.property(fc.array(step), (steps) => {
    const meter = new RateMeter();
    let [now, bytes, fastest] = [0, 0, 0];
    meter.update(bytes, now);
    for (const step of steps) {
      meter.update(bytes += step.bytes, now += step.ms);
      fastest = Math.max(fastest, step.bytes / step.ms * 1_000);
      const rate = meter.rate(now) ?? 0;
      assert(rate >= 0 && rate <= fastest * 1.000001, `${rate} of at most ${fastest}`);
    }
  }));
});
