import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Buckets } from "../../../lib/index/catalogue/buckets.ts";
import { finish } from "../../../lib/index/catalogue/slices.ts";
import { SORTED_A_SLICE, sortInSlices } from "../../../lib/index/catalogue/sort_in_slices.ts";
import { seededRandom } from "../../support/seeded.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "sortInSlices() sorts", ...PURE }, () => {
  const numbers = fc.uint32Array({ maxLength: 600, size: "max" });
  fc.assert(fc.property(numbers, (numbers) => {
    const sorted = numbers.toSorted();
    finish(sortInSlices(numbers, (a, b) => a > b));
    assertEquals(numbers, sorted);
  }));
});

Deno.test({ name: "it rests after few comparisons", ...PURE }, () => {
  const chance = seededRandom(7);
  const numbers = Uint32Array.from({ length: 50_000 }, () => chance() * 2 ** 32);
  let comparisons = 0;
  const work = sortInSlices(numbers, (a, b) => {
    comparisons++;
    return a > b;
  });
  for (let before = 0; !work.next().done; before = comparisons) {
    assert(comparisons - before <= 16 * SORTED_A_SLICE, `${comparisons - before} comparisons`);
  }
  assert(numbers.every((number, i) => i === 0 || number >= numbers[i - 1]!));
});

Deno.test({ name: "a bucket is sorted by itself, and gives up rows", ...PURE }, () => {
  const work = Buckets.fill(100, 10, (row) => row % 10);
  const buckets = finish(work);
  finish(buckets.sort((a, b) => a < b));
  assertEquals([...buckets.of(3)], [93, 83, 73, 63, 53, 43, 33, 23, 13, 3]);
  const place = buckets.startOf(3);
  for (const at of [9, 0, 4]) buckets.remove(3, place + at);
  assertEquals([...buckets.of(3)], [83, 73, 63, 53, 33, 23, 13]);
  for (let i = 0; i < 7; i++) buckets.remove(3, place);
  assertEquals([...buckets.of(3)], []);
  assertEquals([buckets.of(2).length, buckets.of(4).length], [10, 10]);
});
