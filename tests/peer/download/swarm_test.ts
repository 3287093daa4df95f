/**
 * Swarms in virtual time: the real picker, and the real rule by which a source chooses.
 *
 * @module
 */

import { assert } from "@std/assert";
import { seededRandom } from "../../support/seeded.ts";
import {
  simulateSwarm,
  type SwarmResult,
  type SwarmSetting,
} from "../../support/simulated_swarm.ts";

/** What a swarm has to keep, whatever the chances. */
interface Limits {
  /** Time of the last over the time of one alone. */
  readonly last: number;
  /** What the source sends, in copies of the file. */
  readonly sent: number;
}

function test(name: string, setting: Omit<SwarmSetting, "random">, limits: Limits): void {
  Deno.test({ name, permissions: "none" }, () => {
    for (const seed of [1, 2, 3]) {
      const result = simulateSwarm({ ...setting, random: seededRandom(seed) });
      assertWithin(result, limits, `seed ${seed}`);
    }
  });
}

function assertWithin({ times, sent }: SwarmResult, limits: Limits, seed: string): void {
  const last = Math.max(...times);
  assert(last <= limits.last, `the last took ${last.toFixed(2)} times as long as one (${seed})`);
  assert(sent <= limits.sent, `the source sent ${sent.toFixed(2)} copies (${seed})`);
}

const SIXTEEN = { downloaders: 16, pieces: 128 };

test("one source feeds sixteen downloaders with one copy of the file", SIXTEEN, {
  last: 1.4,
  sent: 1.1,
});

test("thirty downloaders who know eight others each are as quick", {
  downloaders: 30,
  pieces: 256,
  known: 8,
}, { last: 1.45, sent: 1.25 });

test("all finish when the source has left after one copy", { ...SIXTEEN, sourceLeaves: true }, {
  last: 1.4,
  sent: 1.1,
});

test("the others finish when four have left in the middle", { ...SIXTEEN, leaving: 4 }, {
  last: 1.45,
  sent: 1.25,
});

test("two downloaders share the source's line", { downloaders: 2, pieces: 128 }, {
  last: 1.2,
  sent: 1.05,
});
