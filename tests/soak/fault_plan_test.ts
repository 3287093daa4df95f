/**
 * A seed decides which faults happen.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "../support/seeded.ts";
import { CLIENT_FAULTS, INDEX_FAULTS, planFaults } from "./fault_plan.ts";

const OPTIONS = { clients: 20, ms: 600_000, kinds: [...CLIENT_FAULTS, ...INDEX_FAULTS] };

Deno.test({
  name: "ten minutes have faults of every kind, one at a time for each victim, the same for a seed",
  permissions: "none",
  fn: () => {
    const faults = planFaults(seededRandom(1), OPTIONS);
    assertEquals(faults, planFaults(seededRandom(1), OPTIONS));
    assertEquals(new Set(faults.map(({ kind }) => kind)), new Set(OPTIONS.kinds));
    const free = new Map<number, number>();
    for (const { who, at, lasting } of faults) {
      assert(at >= (free.get(who) ?? 0), `${who} has two faults at ${at}`);
      assert(at + lasting <= OPTIONS.ms);
      free.set(who, at + lasting);
    }
  },
});
