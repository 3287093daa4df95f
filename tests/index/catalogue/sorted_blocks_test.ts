import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BLOCK, SortedBlocks } from "../../../lib/index/catalogue/sorted_blocks.ts";

function seek(blocks: SortedBlocks, number: number) {
  return blocks.seek((entry) => entry < number);
}

function entriesOf(blocks: SortedBlocks): number[] {
  return [...blocks.from(() => false)];
}

Deno.test({ name: "SortedBlocks is empty at first", permissions: "none" }, () => {
  const blocks = new SortedBlocks();
  assertEquals(entriesOf(blocks), []);
  assertEquals(blocks.at(seek(blocks, 5)), undefined);
});

Deno.test({
  name: "SortedBlocks keeps any numbers in order while they come and go",
  permissions: "none",
}, () => {
  const steps = fc.array(fc.nat(600), { minLength: 1_000, maxLength: 3_000, size: "max" });
  fc.assert(
    fc.property(steps, fc.boolean(), (steps, isAscending) => {
      const blocks = new SortedBlocks();
      const right = new Set<number>();
      for (const number of isAscending ? steps.toSorted((a, b) => a - b) : steps) {
        const place = seek(blocks, number);
        assertEquals(blocks.at(place) === number, right.has(number));
        if (right.delete(number)) blocks.remove(place);
        else (blocks.insert(place, () => number), right.add(number));
      }
      const sorted = [...right].sort((a, b) => a - b);
      assertEquals(entriesOf(blocks), sorted);
      assertEquals([...blocks.from((entry) => entry < 300)], sorted.filter((it) => it >= 300));
      for (const number of sorted) blocks.remove(seek(blocks, number));
      assertEquals(blocks.blocks.length, 1);
    }),
    { numRuns: 30 },
  );
});

Deno.test({
  name: "SortedBlocks tells of each entry that moves to another block",
  permissions: "none",
}, () => {
  const blockOf = new Map<number, number>();
  const blocks: SortedBlocks = new SortedBlocks((entry, { number }) => {
    blockOf.set(entry, number);
    return entry;
  });
  for (let i = 0; i < 20 * BLOCK; i++) {
    const entry = (i * 7_919) % 100_003;
    blocks.insert(seek(blocks, entry), ({ number }) => {
      blockOf.set(entry, number);
      return entry;
    });
  }
  for (const { number, entries, length } of blocks.blocks) {
    assert(length > 0 && length <= BLOCK);
    for (const entry of entries.subarray(0, length)) assertEquals(blockOf.get(entry), number);
  }
});
