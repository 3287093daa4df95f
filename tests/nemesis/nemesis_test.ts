/**
 * A short nemesis: `deno task nemesis` is the long one.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { FAKE_TIME, HAS_DISKS, WHY_NOT } from "./needs.ts";
import { Nemesis } from "./nemesis.ts";

/** One in which a server and a node of etcd stand still at once, and another node is killed. */
const SEED = 3;
const SECONDS = 14;
const MEMBERS = 40;

const ignore = WHY_NOT !== undefined;
const name = `a fleet that is hurt is one index to its clients${ignore ? ` (${WHY_NOT})` : ""}`;

Deno.test({ name, ignore }, async () => {
  await using nemesis = await Nemesis.start({
    ...{ seed: SEED, seconds: SECONDS, members: MEMBERS },
    ...{ hasDisks: HAS_DISKS, fakeTime: FAKE_TIME },
  });
  await nemesis.run(() => {});
  assertEquals(nemesis.violations, []);
});
