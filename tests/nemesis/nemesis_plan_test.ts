/**
 * Which faults a seed stands for.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "../support/seeded.ts";
import { FAULTS, planFaults, type PlanOptions } from "./nemesis_plan.ts";

const PURE = { permissions: "none" } as const;
const OPTIONS: PlanOptions = { ms: 600_000, nodes: 3, servers: 2, without: [] };

Deno.test("a seed always stands for the same faults", PURE, () => {
  const plan = (seed: number) => planFaults(seededRandom(seed), OPTIONS);
  assertEquals(plan(7), plan(7));
  assert(JSON.stringify(plan(7)) !== JSON.stringify(plan(8)));
});

Deno.test("every kind of fault happens to nodes and to servers, and ends in time", PURE, () => {
  const plan = planFaults(seededRandom(7), OPTIONS);
  const kinds = new Set(plan.map(({ what, kind }) => `${what} ${kind}`));
  assertEquals([...kinds].sort(), [
    ...["node disk", "node kill", "node link", "node stop"],
    ...["server clock", "server kill", "server link", "server stop"],
  ]);
  const last = Math.max(...plan.map(({ at, lasting }) => at + lasting));
  assert(last <= OPTIONS.ms);
});

Deno.test("what a machine cannot do does not happen", PURE, () => {
  const plan = planFaults(seededRandom(7), { ...OPTIONS, without: ["disk", "clock"] });
  assertEquals(plan.filter(({ kind }) => kind === "disk" || kind === "clock"), []);
});

Deno.test("nothing is hurt twice at once", PURE, () => {
  const plan = planFaults(seededRandom(7), OPTIONS);
  for (const [i, { what, which, at, lasting }] of plan.entries()) {
    const others = plan.slice(i + 1).filter((it) => it.what === what && it.which === which);
    assert(others.every((it) => it.at >= at + lasting), `${what} ${which} at ${at}`);
  }
});

Deno.test("one kind of fault can be chosen", PURE, () => {
  for (const [name, only] of FAULTS) {
    const plan = planFaults(seededRandom(7), { ...OPTIONS, only });
    assertEquals(new Set(plan.map(({ what, kind }) => `${what}:${kind}`)), new Set([name]));
    assert(new Set(plan.map(({ which }) => which)).size > 1);
  }
});
