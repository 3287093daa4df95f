import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ProgressEvents } from "../../lib/client/progress_events.ts";

const PURE = { permissions: "none" } as const;

/** Events of transfers, and what they told. */
function listen() {
  const told: Record<string, unknown>[] = [];
  return { events: new ProgressEvents((fields) => told.push({ ...fields })), told };
}

Deno.test(
  { name: "progress is told at the beginning, each second and at the end", ...PURE },
  () => {
    const { events, told } = listen();
    for (let now = 0; now <= 2_500; now += 100) {
      events.update(
        "big",
        { phase: "downloading", bytes: 10 * now, total: 25_000, sources: 2 },
        now,
      );
    }
    const same = { name: "big", phase: "downloading", total: 25_000, sources: 2 };
    assertEquals(told.map(({ files: _, ...it }) => it), [
      { ...same, bytes: 0, rate: 0 },
      { ...same, bytes: 10_000, rate: 10_000 },
      { ...same, bytes: 20_000, rate: 10_000 },
      { ...same, bytes: 25_000, rate: 10_000 },
    ]);
  },
);

Deno.test({ name: "what is complete at once is told once", ...PURE }, () => {
  const { events, told } = listen();
  events.update("a", { phase: "downloading", bytes: 1, total: 1, sources: 1 }, 0);
  events.update("a", { phase: "downloading", bytes: 1, total: 1, sources: 0 }, 10);
  assertEquals(told.length, 1);
});

Deno.test({ name: "each of several files has a progress of its own", ...PURE }, () => {
  const { events, told } = listen();
  events.update("a", { phase: "downloading", bytes: 0, total: 5 }, 0);
  events.update("b", { phase: "downloading", bytes: 0, total: 7 }, 10);
  events.update("a", { phase: "downloading", bytes: 5, total: 5 }, 20);
  assertEquals(told.map(({ name, bytes }) => [name, bytes]), [["a", 0], ["b", 0], ["a", 5]]);
});

Deno.test({ name: "what begins anew has no rate below zero", ...PURE }, () => {
  const { events, told } = listen();
  events.update("a", { phase: "downloading", bytes: 900, total: 1_000 }, 0);
  events.update("a", { phase: "downloading", bytes: 0, total: 1_000 }, 2_000);
  assertEquals(told.map(({ rate }) => rate), [0, 0]);
});

Deno.test({ name: "there are no more events than seconds, and two", ...PURE }, () => {
  const step = fc.record({ bytes: fc.nat(1_000), ms: fc.nat(400) });
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const { events, told } = listen();
    let now = 0;
    let bytes = 0;
    for (const step of steps) {
      now += step.ms;
      bytes += step.bytes;
      events.update(
        "a",
        { phase: "downloading", bytes: Math.min(bytes, 50_000), total: 50_000 },
        now,
      );
    }
    assert(told.length <= now / 1_000 + 2, `${told.length} events in ${now} ms`);
  }));
});

Deno.test({ name: "a phase that comes too soon is told a little later, once", ...PURE }, () => {
  const { events, told } = listen();
  const state = { bytes: 0, total: 9 };
  events.update("a", { phase: "connecting", ...state }, 0);
  events.update("a", { phase: "waiting", ...state, queue: { user: "hans", place: 3 } }, 10);
  for (let now = 100; now <= 3_000; now += 100) events.tick(now);
  assertEquals(told.map(({ phase, user, place }) => [phase, user, place]), [
    ["connecting", undefined, undefined],
    ["waiting", "hans", 3],
  ]);
});

Deno.test({ name: "what was there already is no rate", ...PURE }, () => {
  const { events, told } = listen();
  events.update("a", { phase: "verifying", bytes: 0, total: 9_000, kept: 0 }, 0);
  events.update("a", { phase: "downloading", bytes: 6_000, total: 9_000, kept: 5_000 }, 1_000);
  assertEquals(told.map(({ rate }) => rate), [0, 1_000]);
});
