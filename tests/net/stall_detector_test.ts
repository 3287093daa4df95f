import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { StallDetector } from "../../lib/net/stall_detector.ts";

/** When this program stood still. */
type Stop = readonly [from: number, to: number];

interface Options {
  /** In which no timer runs, but late. */
  readonly stops?: readonly Stop[];
  /** Whether, after one, datagrams come before the timer. */
  readonly isTimerLast?: boolean;
}

/** When pauses began that may have cost something, of datagrams taken at `times`. */
function pauses(times: readonly number[], { stops = [], isTimerLast }: Options = {}): number[] {
  const detector = new StallDetector();
  const end = times.at(-1) ?? 0;
  const late = (time: number) => stops.find(([from, to]) => from < time && time < to)?.[1] ?? time;
  const ticks = Array.from({ length: Math.ceil(end / 20) + 1 }, (_, i) => late(i * 20));
  const events = [
    ...ticks.map((time) => ({ time: time + (isTimerLast ? 0.5 : 0), isTick: true })),
    ...times.map((time) => ({ time, isTick: false })),
  ].sort((a, b) => a.time - b.time);
  return events.flatMap(({ time, isTick }) => {
    if (isTick) return detector.ticked(time) ?? [];
    return detector.received(time) ?? [];
  });
}

/** `count` datagrams from `start` on, one every `every` milliseconds. */
function taken(start: number, every: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => start + i * every);
}

for (const isTimerLast of [false, true]) {
  const what = isTimerLast ? "before the timer" : "after the timer";
  Deno.test({
    name: `StallDetector tells once of a standstill that many datagrams follow, ${what}`,
    permissions: "none",
  }, () => {
    const once = { stops: [[6, 100]], isTimerLast } as const;
    assertEquals(pauses([5, ...taken(100, 0.01, 1_000)], once), [5]);
    const twice = { stops: [[6, 100], [103, 200]], isTimerLast } as const;
    const many = [5, ...taken(100, 0.01, 300), ...taken(200, 0.01, 300)];
    assertEquals(pauses(many, twice), [5, 102.99]);
  });
}

Deno.test({ name: "StallDetector tells nothing of what is as usual", permissions: "none" }, () => {
  const stops = [[6, 100]] as const;
  assertEquals(pauses(taken(0, 0.01, 1_000)), [], "a busy index from its start on");
  assertEquals(pauses([5, ...taken(100, 0.01, 127)], { stops }), [], "a few at once");
  assertEquals(pauses([5, ...taken(100, 1, 1_000)], { stops }), [], "many, but not at once");
  assertEquals(pauses(taken(0, 9, 1_000)), [], "short pauses");
});

Deno.test({
  name: "StallDetector tells nothing of many datagrams that somebody sends while this program runs",
  permissions: "none",
}, () => {
  const bursts = Array.from({ length: 20 }, (_, i) => taken(i * 100, 0.01, 1_000)).flat();
  assertEquals(pauses(bursts), []);
  const long = { stops: [[6, 100]] } as const;
  assertEquals(pauses([5, ...taken(300, 0.01, 1_000)], long), [], "long after a standstill");
  const short = { stops: [[301, 320]] } as const;
  assertEquals(pauses([300, ...taken(325, 0.01, 1_000)], short), [], "after a short one");
});

Deno.test({
  name: "StallDetector never tells of a network, whatever comes when, if this program runs",
  permissions: "none",
}, () => {
  const gap = fc.oneof(
    fc.double({ min: 0.001, max: 0.1, noNaN: true }),
    fc.double({ min: 0.5, max: 300, noNaN: true }),
  );
  const sizes = { minLength: 200, maxLength: 400 };
  fc.assert(
    fc.property(fc.array(fc.tuple(gap, fc.nat(300)), sizes), (bursts) => {
      let time = 0;
      const times = bursts.flatMap(([gap, count]) => {
        const burst = taken(time += gap, 0.01, count + 1);
        time = burst.at(-1)!;
        return burst;
      });
      assertEquals(pauses(times), []);
    }),
    { numRuns: 20 },
  );
});

Deno.test({
  name: "StallDetector tells once of a long standstill, whatever comes after it",
  permissions: "none",
}, () => {
  for (const isTimerFirst of [true, false]) {
    const detector = new StallDetector();
    for (let time = 0; time <= 1_000; time += 20) detector.ticked(time);
    assertEquals(detector.standstill(1_019), undefined);
    if (isTimerFirst) detector.ticked(1_501);
    assertEquals(detector.standstill(1_501), { since: 1_000, until: 1_501 });
    detector.ticked(1_502);
    assertEquals(detector.standstill(1_503), undefined);
    detector.ticked(2_002);
    assertEquals(detector.standstill(2_003), undefined, "a short one");
  }
});
