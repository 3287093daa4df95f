import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { IndexClock } from "../../../lib/peer/session/index_clock.ts";

const PURE = { permissions: "none" } as const;

/** A question that was answered after `ms` milliseconds. */
function asked(sentAt: number, ms: number) {
  return { sentAt, heardAt: sentAt + ms };
}

Deno.test({ name: "a clock that has told nothing is far behind", ...PURE }, () => {
  assertEquals(new IndexClock().at(1_000), -Infinity);
});

Deno.test({ name: "an answer that is late makes the estimate no worse", ...PURE }, () => {
  const clock = new IndexClock();
  clock.hear(501_010, asked(1_000, 10));
  clock.hear(503_000, asked(3_000, 2_000));
  assertEquals(clock.at(10_000), 510_000);
});

Deno.test({ name: "an index whose machine slept has lost that time", ...PURE }, () => {
  const clock = new IndexClock();
  clock.hear(501_000, asked(1_000, 0));
  clock.hear(503_000 - 80_000, asked(3_000, 10));
  assertEquals(clock.at(10_000), 510_000 - 80_000);
});

Deno.test({ name: "an index is followed while this machine slept", ...PURE }, () => {
  const clock = new IndexClock();
  clock.hear(501_000, asked(1_000, 0));
  clock.hear(503_000 + 3_600_000, asked(3_000, 0));
  assertEquals(clock.at(10_000), 510_000 + 3_600_000);
});

Deno.test(
  { name: "whatever its speed, the estimate is off by a round trip at most", ...PURE },
  () => {
    const trip = fc.record({ to: fc.nat(3_000), from: fc.nat(3_000), jump: fc.integer() });
    const speed = fc.double({ min: 0.9, max: 1.1, noNaN: true });
    fc.assert(fc.property(fc.array(trip, { minLength: 1 }), speed, (trips, speed) => {
      const clock = new IndexClock();
      let [now, offset] = [0, 1_000_000];
      for (const { to, from, jump } of trips) {
        offset += jump;
        const read = (now + to) * speed + offset;
        clock.hear(read, asked(now, to + from));
        now += to + from;
        assert(Math.abs(clock.at(now) - (read + from)) <= to + from + 0.01);
        now += 2_000;
      }
    }));
  },
);
