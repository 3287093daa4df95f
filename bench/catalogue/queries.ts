/**
 * What people might search for.
 *
 * @module
 */

import { seededRandom } from "../../tests/support/seeded.ts";

/** Kinds of searches, each as the words of many. */
export type Queries = Readonly<Record<string, readonly (readonly string[])[]>>;

/** `count` searches of each kind for random parts of random `names`, the same every time. */
export function queriesFor(names: readonly string[], count: number, seed = 7): Queries {
  const chance = seededRandom(seed);
  const upTo = (end: number) => Math.floor(chance() * end);
  const word = (length: number): string => {
    for (;;) {
      const characters = [...names[upTo(names.length)]!];
      const start = upTo(Math.max(1, characters.length - length + 1));
      const word = characters.slice(start, start + length);
      if (word.length === length && !word.includes(" ")) return word.join("");
    }
  };
  const many = (make: () => string[]) => Array.from({ length: count }, make);
  return {
    "1 letter": many(() => [word(1)]),
    "2 letters": many(() => [word(2)]),
    "3 letters": many(() => [word(3)]),
    "4 to 8 letters": many(() => [word(4 + upTo(5))]),
    "two words": many(() => [word(3), word(4)]),
    "missing": many(() => [`${word(3)}qzx`]),
  };
}
