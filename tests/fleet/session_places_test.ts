import { assertEquals } from "@std/assert";
import { choosePlace, KnownPlaces, type TakenPlace } from "../../lib/fleet/session_places.ts";

const PURE = { permissions: "none" } as const;
const BELOW = "/session/hans/";

function taken(...places: readonly number[]): TakenPlace[] {
  return places.map((i) => ({ key: `${BELOW}${i}`, revision: 10 + i, name: `s${i}` }));
}

/** The place of a session that takes that of `former`, while that at `over` is over. */
function chosen(taken: readonly TakenPlace[], former?: string, over?: number): string | undefined {
  const isOver = (key: string) => key === `${BELOW}${over}`;
  return choosePlace(taken, { below: BELOW, former, isOver })?.key.slice(BELOW.length);
}

Deno.test(
  "a session takes the place of its former one, a free one, or one that is over",
  PURE,
  () => {
    const all = taken(0, 1, 2, 3, 4, 5, 6, 7);
    assertEquals(chosen(all, "s3", 5), "3");
    assertEquals(chosen(taken(0, 1, 3), "s7"), "2");
    assertEquals(chosen(all, "elsewhere", 5), "5");
    assertEquals(chosen(all), undefined);
    assertEquals(
      choosePlace(all, { below: BELOW, former: "s3", isOver: () => false })?.revision,
      13,
    );
  },
);

Deno.test("one whose session cannot be read is taken", PURE, () => {
  const odd = { key: `${BELOW}0`, revision: 1, name: undefined };
  assertEquals(chosen([odd]), "1");
});

Deno.test("what is known of a user's places is the newest", PURE, () => {
  const known = new KnownPlaces();
  const [place] = taken(4) as [TakenPlace];
  known.put({ ...place, revision: 7, name: "new" });
  known.put({ ...place, revision: 6, name: "old" });
  known.put({ key: "/session/vader/0", revision: 1, name: "v" });
  assertEquals(known.withFormer(BELOW, undefined).map(({ name }) => name), ["new"]);
  known.remove(place.key, 6);
  assertEquals(known.withFormer(BELOW, "new")?.length, 1);
  known.remove(place.key, 8);
  assertEquals(known.withFormer(BELOW, undefined), []);
  assertEquals(known.withFormer(BELOW, "new"), undefined, "etcd may know more");
});
