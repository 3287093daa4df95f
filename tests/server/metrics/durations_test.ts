import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BUCKETS_MS, Durations, quantileOf } from "../../../lib/server/metrics/durations.ts";

const PURE = { permissions: "none" } as const;

Deno.test(
  { name: "a duration is in the first bucket that is not too short for it", ...PURE },
  () => {
    const durations = new Durations();
    for (const ms of [0, 0.05, 0.051, 10_000, 10_001, 1e9]) durations.add(ms);
    assertEquals([durations.counts[0], durations.counts[1]], [2, 1]);
    assertEquals([durations.counts.at(-2), durations.counts.at(-1)], [1, 2]);
    assertEquals(Math.round(durations.sum), 1_000_020_001);
  },
);

Deno.test({ name: "of nothing, every quantile is 0", ...PURE }, () => {
  assertEquals(quantileOf(new Durations().counts, 0.5), 0);
});

Deno.test({ name: "a quantile is in the bucket of the right duration", ...PURE }, () => {
  const times = fc.array(fc.double({ min: 0, max: 20_000, noNaN: true }), { minLength: 1 });
  fc.assert(fc.property(times, fc.constantFrom(0.5, 0.99), (times, share) => {
    const durations = new Durations();
    for (const ms of times) durations.add(ms);
    const right = times.toSorted((a, b) => a - b)[Math.ceil(share * times.length) - 1]!;
    const told = quantileOf(durations.counts, share);
    const at = BUCKETS_MS.findIndex((limit) => right <= limit);
    const [low = 0, high = Infinity] = at < 0
      ? [BUCKETS_MS.at(-1)]
      : [BUCKETS_MS[at - 1], BUCKETS_MS[at]];
    assert(
      low <= told && told <= high + 1e-9,
      `${told} is not in ${low}-${high}, where ${right} is`,
    );
  }));
});
