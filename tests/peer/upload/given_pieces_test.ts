/**
 * Which piece a source gives next, and what it remembers of it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  COUNTED_CONTENTS,
  GivenPieces,
  REMEMBERED_USERS,
  WITHHELD_MOST_MS,
  WITHHELD_MS,
  WITHHELD_PIECES,
} from "../../../lib/peer/upload/given_pieces.ts";
import { PIECE_BYTES } from "../../../lib/protocol/limits.ts";

const PURE = { permissions: "none" } as const;

/** A content of `count` pieces. */
function content(count: number, seed = 0) {
  return { id: seed.toString(16).padStart(64, "0"), size: count * PIECE_BYTES };
}

/** Lets `user` have one of `pieces` at `now`, if there is one. */
function ask(
  given: GivenPieces,
  file: ReturnType<typeof content>,
  pieces: readonly number[],
  user: string,
  now: number,
): number | undefined {
  const piece = given.choose(file, pieces, user, now);
  if (piece !== undefined) given.give(file, piece, user, now);
  return piece;
}

Deno.test({ name: "each piece is given once before any is given twice", ...PURE }, () => {
  const asking = fc.record({ user: fc.nat({ max: 63 }), afterMs: fc.nat({ max: 2_000 }) });
  const many = fc.array(asking, { minLength: 1, maxLength: 300 });
  fc.assert(fc.property(fc.integer({ min: 1, max: 64 }), many, (count, askings) => {
    const given = new GivenPieces();
    const file = content(count);
    const all = Array.from({ length: count }, (_, i) => i);
    const times = Array<number>(count).fill(0);
    let now = 0;
    for (const { user, afterMs } of askings) {
      now += afterMs;
      const piece = ask(given, file, all, `user${user}`, now);
      const isUngiven = times.includes(0);
      assert(!isUngiven || piece !== undefined, "a piece that nobody has is never withheld");
      if (piece !== undefined) assertEquals(times[piece]! > 0, !isUngiven);
      if (piece !== undefined) times[piece]!++;
    }
  }));
});

Deno.test(
  { name: "of the pieces that were given least, each asker gets a first one", ...PURE },
  () => {
    const subsets = fc.array(fc.uniqueArray(fc.nat({ max: 31 }), { minLength: 1 }), {
      maxLength: 200,
    });
    fc.assert(fc.property(subsets, (askings) => {
      const given = new GivenPieces();
      const file = content(32);
      const times = Array<number>(32).fill(0);
      askings.forEach((pieces, i) => {
        // So much later that nothing is withheld.
        const piece = ask(given, file, pieces, `user${i}`, i * WITHHELD_MS)!;
        const least = Math.min(...pieces.map((it) => times[it]!));
        assertEquals(piece, pieces.find((it) => times[it] === least));
        assertEquals(
          given.timesGiven(file, pieces),
          Math.min(...pieces.map((it) => {
            return times[it]! + (it === piece ? 1 : 0);
          })),
        );
        times[piece]!++;
      });
    }));
  },
);

Deno.test(
  { name: "what was just given is withheld from others, and not for ever", ...PURE },
  () => {
    const given = new GivenPieces();
    const file = content(2);
    assertEquals(ask(given, file, [1], "vader", 0), 1);
    assertEquals(ask(given, file, [1], "yoda", WITHHELD_MS - 1), undefined);
    assertEquals(ask(given, file, [1, 0], "yoda", WITHHELD_MS - 1), 0);
    assertEquals(ask(given, file, [1], "vader", WITHHELD_MS - 1), 1, "who got it may ask again");
    assertEquals(ask(given, file, [1], "yoda", WITHHELD_MS), 1, "which withholds it no longer");
  },
);

Deno.test({ name: "what takes long to send is withheld for twice as long", ...PURE }, () => {
  const given = new GivenPieces();
  const file = content(1);
  for (let i = 0; i < 9; i++) given.measure(10_000);
  given.give(file, 0, "vader", 0);
  assertEquals(given.choose(file, [0], "yoda", 19_999), undefined);
  assertEquals(given.choose(file, [0], "yoda", 20_000), 0);
});

Deno.test({ name: "a downloader that takes a piece slowly withholds no others", ...PURE }, () => {
  const given = new GivenPieces();
  const file = content(1);
  for (const ms of [5, 5, 3_600_000, 5, 3_600_000]) given.measure(ms);
  given.give(file, 0, "vader", 0);
  assertEquals(given.choose(file, [0], "yoda", WITHHELD_MS), 0);
  for (let i = 0; i < 9; i++) given.measure(3_600_000);
  const other = content(1, 1);
  given.give(other, 0, "vader", 0);
  assertEquals(given.choose(other, [0], "yoda", WITHHELD_MOST_MS - 1), undefined);
  assertEquals(given.choose(other, [0], "yoda", WITHHELD_MOST_MS), 0);
});

Deno.test({ name: "a piece that did not arrive is as if it had not been given", ...PURE }, () => {
  const given = new GivenPieces();
  const file = content(2);
  const takeBack = given.give(file, 0, "vader", 0);
  takeBack();
  assertEquals(given.timesGiven(file, [0]), 0);
  assertEquals(ask(given, file, [0, 1], "yoda", 0), 0);
  given.give(file, 0, "chewy", 1)();
  assertEquals(given.timesGiven(file, [0]), 1);
  assertEquals(given.choose(file, [0], "vader", WITHHELD_MS - 1), undefined, "yoda has it");
});

Deno.test({ name: "who gets a piece by its number withholds it no longer", ...PURE }, () => {
  const given = new GivenPieces();
  const file = content(1);
  given.give(file, 0, "vader", 0);
  given.give(file, 0, "chewy", WITHHELD_MS - 1);
  assertEquals(given.choose(file, [0], "yoda", WITHHELD_MS), 0);
});

Deno.test({ name: "who asks for pieces all the time keeps them from nobody", ...PURE }, () => {
  for (const rivals of [1, 2, REMEMBERED_USERS]) {
    const given = new GivenPieces();
    const file = content(1);
    const mostMs = rivals * WITHHELD_MS + 1_000;
    let isServed = false;
    for (let now = 0; now < mostMs && !isServed; now++) {
      for (let i = 0; i < rivals; i++) {
        const takeBack = given.choose(file, [0], `rival${i}`, now) === 0 &&
          given.give(file, 0, `rival${i}`, now);
        if (takeBack && now % 7 === 3) takeBack();
      }
      isServed = now % 1_000 === 500 && given.choose(file, [0], "yoda", now) === 0;
    }
    assert(isServed, `${rivals} rivals keep it for more than ${mostMs} ms`);
  }
});

Deno.test({ name: "contents that share an id are told apart by their sizes", ...PURE }, () => {
  const given = new GivenPieces();
  given.give(content(1), 0, "vader", 0);
  assertEquals(given.choose(content(2), [0], "yoda", 0), 0);
});

Deno.test({ name: "more than can be counted is forgotten, the oldest first", ...PURE }, () => {
  const given = new GivenPieces(100);
  const [first, second, third] = [content(40, 1), content(40, 2), content(40, 3)];
  for (const file of [first, second, first, third]) given.give(file, 0, "vader", 0);
  assertEquals([first, second, third].map((file) => given.timesGiven(file, [0])), [2, 0, 1]);
  const large = content(1_000, 4);
  given.give(large, 999, "vader", 0);
  assertEquals([first, third, large].map((it) => given.timesGiven(it, [0, 1])), [0, 0, 0]);
  assertEquals(given.timesGiven(large, [999]), 1, "the one that is given stays");
});

Deno.test({ name: "neither small contents nor gifts are remembered without end", ...PURE }, () => {
  const given = new GivenPieces();
  for (let i = 0; i <= COUNTED_CONTENTS; i++) given.give(content(1, i), 0, "vader", 0);
  assertEquals(given.timesGiven(content(1, 0), [0]), 0);
  assertEquals(given.timesGiven(content(1, 1), [0]), 1);
  const file = content(WITHHELD_PIECES + 1, 1);
  for (let i = 0; i <= WITHHELD_PIECES; i++) given.give(file, i, "vader", 1);
  assertEquals(given.choose(file, [0], "yoda", 1), 0);
  assertEquals(given.choose(file, [1], "yoda", 1), undefined);
});
