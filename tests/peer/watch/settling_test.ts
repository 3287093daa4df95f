/**
 * When a file counts as it is: whatever is done to it, and whenever it is looked at.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { SETTLE_MS, Settling } from "../../../lib/peer/watch/settling.ts";

/** How often all is looked at in these tests, in milliseconds. */
const SCAN_MS = 2_200;

Deno.test(
  { name: "a file counts at the second look that shows the same", permissions: "none" },
  () => {
    const settling = new Settling();
    assertEquals(settling.look("a", "1", 0), false);
    assertEquals(settling.nextDue, SETTLE_MS);
    assertEquals(settling.due(SETTLE_MS - 1), []);
    assertEquals(settling.look("a", "1", SETTLE_MS - 1), false);
    assertEquals(settling.due(SETTLE_MS), ["a"]);
    assertEquals(settling.look("a", "1", SETTLE_MS), true);
    assertEquals([settling.size, settling.nextDue], [0, Infinity]);
  },
);

Deno.test(
  { name: "a file that says it has not changed for long counts at once", permissions: "none" },
  () => {
    const settling = new Settling();
    assertEquals(settling.look("a", "1", 0), false);
    assertEquals(settling.look("a", "2", 100, true), true);
    assertEquals([settling.size, settling.look("gone", undefined, 100, true)], [0, false]);
  },
);

Deno.test({ name: "a file that changes in between begins anew", permissions: "none" }, () => {
  const settling = new Settling();
  settling.look("a", "1", 0);
  assertEquals(settling.look("a", "2", SETTLE_MS), false);
  assertEquals(settling.look("a", "2", 2 * SETTLE_MS - 1), false);
  assertEquals(settling.look("a", "2", 2 * SETTLE_MS), true);
});

Deno.test(
  { name: "a deleted file counts as gone after two looks, too", permissions: "none" },
  () => {
    const settling = new Settling();
    settling.look("a", undefined, 0);
    assertEquals(settling.look("a", "1", 1_000), false, "it was replaced, and not deleted");
    assertEquals(settling.look("a", undefined, 2_000), false);
    assertEquals(settling.look("a", undefined, 2_000 + SETTLE_MS), true);
  },
);

Deno.test(
  { name: "a file that cannot be looked at is due again later", permissions: "none" },
  () => {
    const settling = new Settling();
    settling.look("a", undefined, 0);
    settling.postpone("a", SETTLE_MS);
    settling.postpone("b", SETTLE_MS);
    assertEquals([settling.due(SETTLE_MS), settling.nextDue], [[], 2 * SETTLE_MS]);
    assertEquals(settling.look("a", "1", 2 * SETTLE_MS), false);
  },
);

/** What is done to one file: after so many milliseconds it is like that. */
const writes = fc.array(
  fc.record({
    after: fc.oneof(fc.nat(400), fc.nat(6_000)),
    state: fc.option(fc.nat(3).map(String), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 30 },
);

/** Looks at a file as a watch does: every few seconds, when it is due, and at hints. */
function watch(steps: readonly { after: number; state: string | undefined }[], hints: number[]) {
  const settling = new Settling();
  const looks: { at: number; state: string | undefined }[] = [];
  const settled: { at: number; state: string | undefined }[] = [];
  const changes = steps.map(({ state }, i) => ({
    at: steps.slice(0, i + 1).reduce((sum, { after }) => sum + after, 0),
    state,
  }));
  const end = changes.at(-1)!.at + SCAN_MS + SETTLE_MS;
  const stateAt = (now: number) => changes.findLast(({ at }) => at <= now)?.state;
  const others = new Set(hints.map((hint) => hint % end));
  let told: string | undefined;
  for (let now = 0; now <= end; now++) {
    const isDue = settling.due(now).length > 0;
    if (now % SCAN_MS !== 0 && !isDue && !others.has(now)) continue;
    const state = stateAt(now);
    looks.push({ at: now, state });
    // A scan tells only what has changed; a hint may be about nothing.
    if (state === told && !isDue && !others.has(now)) continue;
    told = state;
    if (settling.look("a", state, now)) settled.push({ at: now, state });
  }
  return { changes, looks, settled, end };
}

Deno.test({
  name: "whatever happens: only what was the same for a while counts, and in time",
  permissions: "none",
}, () => {
  fc.assert(fc.property(writes, fc.array(fc.nat()), (steps, hints) => {
    const { changes, looks, settled, end } = watch(steps, hints);
    for (const { at, state } of settled) {
      const since = looks.filter((look) => look.at <= at && look.at >= at - SETTLE_MS);
      assert(since.every((look) => look.state === state), "it was the same at all looks since");
      assert(looks.some((look) => look.at <= at - SETTLE_MS), "and at one long before");
    }
    const last = changes.at(-1)!;
    const everSeen = looks.some((look) => look.state !== undefined);
    if (everSeen) assertEquals(settled.at(-1)?.state, last.state, `in the end, by ${end}`);
  }));
});
