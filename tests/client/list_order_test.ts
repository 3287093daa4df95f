import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { limitOf, LIST_KEYS, listKeyOf, orderOf, pick } from "../../lib/client/list_order.ts";
import { shownOf } from "../../lib/client/list_outcome.ts";
import { BitTrickleError } from "../../lib/errors.ts";
import type { List } from "../../lib/peer/session/index_session.ts";

const PURE = { permissions: "none" } as const;

const files = fc.array(fc.record({
  name: fc.string({ maxLength: 3 }),
  size: fc.option(fc.nat(5), { nil: undefined }),
  active: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
}));
type Files = typeof files extends fc.Arbitrary<infer T> ? T : never;

function listOf(files: Files): List {
  return {
    kind: "list",
    of: "files found",
    more: 0,
    items: files.map(({ name }) => name),
    details: files.map(({ size }) => size === undefined ? undefined : { size }),
    publishers: files.map(({ active }) =>
      active && { user: "hans", active, all: active } || undefined
    ),
  };
}

/** What is sorted by, as it is compared. */
function weight(list: List, key: typeof LIST_KEYS[number], i: number): number {
  if (key === "size") return -(list.details?.[i]?.size ?? -1);
  return key === "sources" ? -(list.publishers?.[i]?.active ?? -1) : 0;
}

Deno.test(
  { name: "an order has every item once, largest and most first, then by name", ...PURE },
  () => {
    fc.assert(fc.property(files, fc.constantFrom(...LIST_KEYS), (files, key) => {
      const list = listOf(files);
      const order = orderOf(list, key);
      assertEquals([...order].sort((a, b) => a - b), files.map((_, i) => i));
      for (const [at, i] of order.slice(1).entries()) {
        const before = order[at]!;
        const [a, b] = [weight(list, key, before), weight(list, key, i)];
        assert(a < b || a === b && list.items[before]! <= list.items[i]!);
      }
    }));
  },
);

Deno.test({
  name: "what is told of an item stays with it, and nothing is lost or made up",
  ...PURE,
}, () => {
  fc.assert(
    fc.property(
      files,
      fc.constantFrom(...LIST_KEYS),
      fc.integer({ min: 1, max: 9 }),
      (files, sort, limit) => {
        const whole = listOf(files);
        const { list, fields, places } = shownOf(whole, { sort, limit });
        assertEquals(list.items.length, Math.min(files.length, limit));
        assertEquals(list.items.length + (fields.more as number), files.length);
        for (const [i, place] of places.entries()) {
          assertEquals(pick(list, [i]), pick(whole, [place]));
        }
      },
    ),
  );
});

Deno.test({ name: "--sort and --limit take what they mean, and nothing else", ...PURE }, () => {
  assertEquals(LIST_KEYS.map(listKeyOf), [...LIST_KEYS]);
  assertEquals(["1", "20"].map(limitOf), [1, 20]);
  for (const text of ["", "Size", "date"]) {
    assertThrows(() => listKeyOf(text), BitTrickleError, "--sort");
  }
  for (const text of ["0", "-1", "1.5", "x", ""]) {
    assertThrows(() => limitOf(text), BitTrickleError, "--limit");
  }
});
