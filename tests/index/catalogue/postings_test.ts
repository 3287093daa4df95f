import { assertEquals } from "@std/assert";
import { NameSet } from "../../../lib/index/catalogue/name_set.ts";
import { Postings } from "../../../lib/index/catalogue/postings.ts";
import { seededRandom } from "../../support/seeded.ts";

const END = 200_000;

function namesIn(fill: (set: NameSet) => void): number[] {
  const set = new NameSet();
  fill(set);
  const names: number[] = [];
  for (let name = 0; name < END; name++) if (set.has(name)) names.push(name);
  assertEquals(set.size, names.length);
  return names;
}

/** A list and a set that hold the same after `steps` changes, most of them to `share` of all. */
function fill(postings: Postings, seed: number, share: number) {
  const chance = seededRandom(seed);
  const list = postings.create();
  const right = new Set<number>();
  for (let i = 0; i < END * share; i++) {
    const name = Math.floor(chance() ** 2 * END);
    if (chance() < 0.8) (postings.add(list, name), right.add(name));
    else (postings.remove(list, name), right.delete(name));
  }
  return { list, right };
}

function sorted(names: Iterable<number>): number[] {
  return [...names].sort((a, b) => a - b);
}

for (const share of [0.0001, 0.01, 0.05, 1]) {
  Deno.test({
    name: `Postings keeps a list of numbers, ${share} of all, and forgets them again`,
    permissions: "none",
  }, () => {
    const postings = new Postings();
    const { list, right } = fill(postings, 1, share);
    assertEquals(postings.sizeOf(list), right.size);
    assertEquals(namesIn((set) => postings.addTo(set, list)), sorted(right));
    for (const name of right) postings.remove(list, name);
    assertEquals(postings.sizeOf(list), 0);
    assertEquals(namesIn((set) => postings.addTo(set, list)), []);
  });
}

for (const shares of [[1, 1], [1, 0.01], [0.05, 0.05], [1, 0.05, 0.5], [0.0001, 1]]) {
  Deno.test({
    name: `Postings finds what lists of ${shares.join(", ")} of all have in common`,
    permissions: "none",
  }, () => {
    const postings = new Postings();
    const filled = shares.map((share, i) => fill(postings, i, share));
    const common = filled.map(({ right }) => right).reduce((a, b) => a.intersection(b));
    const lists = filled.map(({ list }) => list);
    assertEquals(namesIn((set) => postings.addCommonTo(set, lists)), sorted(common));
  });
}
