import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ByContent } from "../../../lib/index/catalogue/by_content.ts";
import type { Publication } from "../../../lib/index/catalogue/publication.ts";
import { ALL } from "../../../lib/index/catalogue/window.ts";
import { lowerBound } from "../../../lib/collections/lower_bound.ts";
import { PLAIN_SHARE } from "../../../lib/protocol/share.ts";
import { type ContentQuery, isMeant } from "../../../lib/protocol/content.ts";

const PURE = { permissions: "none" } as const;

interface Item {
  readonly id: string;
  readonly user: number;
  readonly size: number;
}

/** A list of items that counts how often one is looked at. */
class Items extends ByContent {
  readonly #items: readonly Item[];
  looks = 0;

  constructor(items: readonly Item[]) {
    super();
    this.#items = items.toSorted((a, b) => {
      if (a.id !== b.id) return a.id < b.id ? -1 : 1;
      return a.user - b.user || a.size - b.size;
    });
  }

  /** Who has what, as `<id> <user> <size>`. */
  holders(query: ContentQuery, window = { ...ALL }): string[] {
    const found: Publication[] = [];
    this.holdersOf(query, window, found);
    return found.map(({ name }) => name);
  }

  protected range(low: string, high: string): readonly [number, number] {
    const { length } = this.#items;
    const isBefore = (place: number) => this.#at(place).id < low;
    const isIn = (place: number) => this.#at(place).id <= high;
    return [lowerBound(length, isBefore), lowerBound(length, isIn)];
  }

  protected isSameId(place: number, other: number): boolean {
    return this.#at(place).id === this.#at(other).id;
  }

  protected publisherAt(place: number): number {
    return this.#at(place).user;
  }

  protected sizeAt(place: number): number {
    return this.#at(place).size;
  }

  protected publicationAt(place: number): Publication {
    const { id, user, size } = this.#at(place);
    return {
      user: `${user}`,
      publisher: user,
      share: PLAIN_SHARE,
      name: nameOf({ id, user, size }),
    };
  }

  #at(place: number): Item {
    this.looks++;
    return this.#items[place]!;
  }
}

function nameOf({ id, user, size }: Item): string {
  return `${id.slice(0, 4)} ${user} ${size}`;
}

function idOf(digit: number): string {
  return `000${digit}`.padEnd(64, "0");
}

const items = fc.array(
  fc.record({ id: fc.nat(3).map(idOf), user: fc.nat(6), size: fc.nat(4) }),
  { maxLength: 80, size: "max" },
);
const turns = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

Deno.test(
  { name: "whoever has a content of a size is found once, from any place on", ...PURE },
  () => {
    const queries = fc.record({ id: fc.constantFrom("000", "0001", idOf(2)), size: fc.nat(5) });
    fc.assert(fc.property(items, queries, turns, (items, query, turn) => {
      const right = new Set(items.filter((item) => isMeant(item, query)).map(nameOf));
      const found = new Items(items).holders(query, { most: Infinity, turn });
      assertEquals(found.toSorted(), [...right].sort());
    }));
  },
);

Deno.test(
  { name: "a start within a user's copies of one content shows them once", ...PURE },
  () => {
    const twice = { id: idOf(3), user: 6, size: 1 };
    const items = new Items([{ id: idOf(0), user: 0, size: 0 }, twice, twice]);
    for (const turn of [0, 0.4, 0.7, 0.99]) {
      assertEquals(items.holders({ id: "000", size: 1 }, { most: Infinity, turn }), ["0003 6 1"]);
    }
  },
);

Deno.test({ name: "without a size there are two at most of a user and id", ...PURE }, () => {
  fc.assert(fc.property(items, turns, (items, turn) => {
    const sizes = new Map<string, Set<number>>();
    for (const { id, user, size } of items) {
      const key = `${id.slice(0, 4)} ${user}`;
      sizes.set(key, (sizes.get(key) ?? new Set()).add(size));
    }
    const found = new Items(items).holders({ id: idOf(1) }, { most: Infinity, turn });
    const right = [...sizes].filter(([key]) => key.startsWith("0001")).flatMap(([key, sizes]) => {
      return [...sizes].sort().slice(0, 2).map((size) => `${key} ${size}`);
    });
    assertEquals(found.toSorted(), right.sort());
  }));
});

Deno.test(
  { name: "a window turns from user to user, and says when it may have cut", ...PURE },
  () => {
    const list = new Items([0, 1, 2, 3].map((user) => ({ id: idOf(0), user, size: 5 })));
    const window = { most: 2, turn: 0.75, isCut: false };
    assertEquals(list.holders({ id: idOf(0) }, window), ["0000 3 5", "0000 0 5"]);
    assertEquals(window.isCut, true);
    const wide = { most: 5, turn: 0.75, isCut: false };
    assertEquals(list.holders({ id: idOf(0), size: 5 }, wide).length, 4);
    assertEquals(wide.isCut, false);
  },
);

Deno.test(
  { name: "100,000 publications of one user are passed over in a few steps", ...PURE },
  () => {
    const flood = Array.from(
      { length: 100_000 },
      (_, i) => ({ id: idOf(0), user: 1, size: i % 9 }),
    );
    const list = new Items([...flood, { id: idOf(0), user: 0, size: 3 }, {
      id: idOf(0),
      user: 2,
      size: 3,
    }]);
    for (const query of [{ id: idOf(0), size: 3 }, { id: "000", size: 3 }]) {
      for (const turn of [0, 0.5, 0.99]) {
        list.looks = 0;
        const found = new Set(list.holders(query, { most: 1_024, turn }));
        assertEquals([...found].sort(), ["0000 0 3", "0000 1 3", "0000 2 3"]);
        assert(list.looks < 400, `${list.looks} looks`);
      }
    }
  },
);

Deno.test({ name: "a window bounds the steps among 100,000 ids", ...PURE }, () => {
  const id = (i: number) => `000${i.toString(16).padStart(61, "0")}`;
  const list = new Items(
    Array.from({ length: 100_000 }, (_, i) => ({ id: id(i), user: 1, size: 1 })),
  );
  list.looks = 0;
  assertEquals(list.holders({ id: "000" }, { most: 100, turn: 0.3 }).length, 100);
  assert(list.looks < 1_500, `${list.looks} looks`);
});
