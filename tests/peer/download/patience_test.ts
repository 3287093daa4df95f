/**
 * How long a download waits, and for what, with time as a number.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Lull, Patience } from "../../../lib/peer/download/patience.ts";
import {
  QUEUE_PATIENCE_MS,
  QUEUED_MS,
  SENDING_PATIENCE_MS,
  SOURCES_PATIENCE_MS,
} from "../../../lib/protocol/download_limits.ts";

const PURE = { permissions: "none" } as const;
const STEP_MS = 1_000;

/** How long `patience` lasts if nothing but `lull` goes on, `act` being done every second. */
function lasts(patience: Patience, lull: Lull, act: (ms: number) => void = () => {}): number {
  for (let ms = 0; ms < 10 * QUEUED_MS; ms += STEP_MS) {
    if (patience.isOver) return ms;
    act(ms);
    patience.spend(lull, STEP_MS);
  }
  return Infinity;
}

Deno.test({ name: "in a shell silence lasts for ever, and bad sources do not", ...PURE }, () => {
  const endless = () => new Patience({ patienceMs: Infinity });
  assertEquals(lasts(endless(), "index"), Infinity);
  assertEquals(lasts(endless(), "nobody"), Infinity);
  assertEquals(lasts(endless(), "sources"), SOURCES_PATIENCE_MS);
  assertEquals(lasts(endless(), "queue"), QUEUE_PATIENCE_MS);
  assertEquals(lasts(endless(), "moving"), SENDING_PATIENCE_MS);
});

Deno.test({ name: "a shorter patience bounds all but what is on its way", ...PURE }, () => {
  const short = () => new Patience({ patienceMs: 5_000 });
  for (const lull of ["index", "nobody", "sources", "queue"] as const) {
    assertEquals(lasts(short(), lull), 5_000);
  }
  assertEquals(lasts(short(), "moving"), SENDING_PATIENCE_MS);
  const mixed = short();
  mixed.spend("index", 2_000);
  mixed.spend("nobody", 2_000);
  assert(!mixed.isOver);
  mixed.spend("sources", 1_000);
  assert(mixed.isOver);
});

Deno.test({ name: "sources may get less than a silent index", ...PURE }, () => {
  const tree = () => new Patience({ patienceMs: 300_000, sourcePatienceMs: 15_000 });
  assertEquals(lasts(tree(), "index"), 300_000);
  assertEquals(lasts(tree(), "nobody"), 15_000);
  assertEquals(lasts(tree(), "sources"), 15_000);
});

Deno.test({ name: "a piece renews it", ...PURE }, () => {
  const patience = new Patience({ patienceMs: 5_000 });
  patience.spend("nobody", 4_999);
  patience.renew();
  assertEquals(lasts(patience, "nobody"), 5_000);
});

Deno.test({ name: "a queue that moves on is waited in, but not for ever", ...PURE }, () => {
  const patience = () => new Patience({ patienceMs: 60_000 });
  const slow = patience();
  const place = (ms: number) => Math.max(1, 9 - Math.floor(ms / 50_000));
  assertEquals(lasts(slow, "queue", (ms) => slow.queue("yoda", place(ms))), 460_000);
  const stuck = patience();
  assertEquals(lasts(stuck, "queue", (ms) => stuck.queue("yoda", 1 + ms % 7_000)), 60_000);
  const liar = patience();
  assertEquals(lasts(liar, "queue", (ms) => liar.queue("yoda", 99_999_999 - ms)), QUEUED_MS);
  const many = patience();
  assertEquals(lasts(many, "sources", (ms) => many.queue(`user${ms}`, 1)), QUEUED_MS);
});

const EVENTS = fc.array(
  fc.record({
    lull: fc.constantFrom<Lull>("index", "nobody", "sources", "queue", "moving"),
    place: fc.nat(300),
    ms: fc.nat(20_000),
  }),
  { maxLength: 400 },
);

Deno.test({ name: "whatever sources do, an hour without a piece ends it", ...PURE }, () => {
  fc.assert(fc.property(EVENTS, (events) => {
    const patience = new Patience({ patienceMs: Infinity });
    let withSources = 0;
    for (const { lull, place, ms } of events) {
      patience.queue("yoda", place);
      patience.spend(lull, ms);
      if (lull !== "index" && lull !== "nobody") withSources += ms;
      assert(patience.isOver || withSources < QUEUED_MS);
    }
  }));
});
