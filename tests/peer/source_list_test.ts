/**
 * Which source is asked when, with time as a number.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../lib/errors.ts";
import type { SealedSource } from "../../lib/peer/connections.ts";
import { type LaneOf, SourceList } from "../../lib/peer/source_list.ts";
import { LOST_SOURCE_MS, TICKET_MS } from "../../lib/protocol/limits.ts";

const PURE = { permissions: "none" } as const;
const MOST = 4;

function source(user: string, since = 0): SealedSource {
  const address = { hostname: "127.0.0.1", port: 40_000 };
  return { user, address, pass: { ticket: "t", key: "k" }, since };
}

const failure = new BitTrickleError("network", "gone");
const lie = new BitTrickleError("unverified", "junk");

/** Lanes that the list gives away at `now`, until it gives no more. */
function all(list: SourceList, now: number): string[] {
  const users: string[] = [];
  for (let next = list.next(MOST, now); next; next = list.next(MOST, now)) {
    users.push(`${next.source.user} ${next.lane}`);
  }
  return users;
}

Deno.test({ name: "sources share the lanes, rounded up", ...PURE }, () => {
  const list = new SourceList(["hans", "yoda", "chewy"].map((user) => source(user)), 0);
  const lanes = ["hans 0", "yoda 0", "chewy 0", "hans 1", "yoda 1", "chewy 1"];
  assertEquals(all(list, 0), lanes);
  assertEquals(all(new SourceList([source("hans")], 0), 0), [
    "hans 0",
    "hans 1",
    "hans 2",
    "hans 3",
  ]);
});

Deno.test({ name: "a lane that ended is given away again", ...PURE }, () => {
  const list = new SourceList([source("hans")], 0);
  all(list, 0);
  list.leave({ source: source("hans"), lane: 2 });
  assertEquals(all(list, 0), ["hans 2"]);
});

Deno.test({ name: "who is lost is asked again after a while, who lies never", ...PURE }, () => {
  const list = new SourceList([source("hans"), source("yoda")], 0);
  list.blame("hans", failure, false, 100);
  list.blame("yoda", lie, true, 100);
  assertEquals([list.isBad("hans"), list.isBad("yoda")], [false, true]);
  assertEquals(list.next(MOST, 99 + LOST_SOURCE_MS), undefined);
  assertEquals(list.next(MOST, 100 + LOST_SOURCE_MS)?.source.user, "hans");
  list.renew([source("yoda", 200)]);
  assert(all(list, 10_000).every((lane) => lane.startsWith("hans")));
});

Deno.test({ name: "an old ticket is not shown, and a new one replaces it", ...PURE }, () => {
  const list = new SourceList([source("hans")], 0);
  assertEquals(list.next(MOST, TICKET_MS), undefined);
  list.renew([source("hans", TICKET_MS)]);
  assertEquals(list.next(MOST, TICKET_MS)?.source.since, TICKET_MS);
});

Deno.test({ name: "there is hope until patience is over or all are liars", ...PURE }, () => {
  const list = new SourceList([source("hans"), source("yoda")], 0);
  list.blame("yoda", lie, true, 0);
  assertEquals(list.despair(999, 1_000), undefined);
  list.praise(500);
  assertEquals([list.quietMs(1_499), list.despair(1_499, 1_000)], [999, undefined]);
  assertEquals(list.despair(1_500, 1_000)?.code, "unverified", "a lie outweighs a loss");
  list.blame("hans", lie, true, 600);
  assertEquals(list.despair(600, 1_000)?.message, "hans: junk");
  const lost = new SourceList([source("hans")], 0);
  assertEquals(lost.despair(1_000, 1_000)?.code, "network");
});

/** Anything that happens to a list, in any order. */
const EVENTS = fc.array(
  fc.record({
    what: fc.constantFrom("next", "leave", "lose", "condemn", "renew"),
    user: fc.constantFrom("hans", "yoda", "chewy"),
    nth: fc.nat(10),
    after: fc.nat(2_000),
  }),
  { maxLength: 100 },
);

Deno.test({
  name: "whatever happens, no lane is given twice, and none to who may not be asked",
  ...PURE,
}, () => {
  fc.assert(fc.property(EVENTS, (events) => {
    let now = 0;
    const since = new Map([["hans", 0], ["yoda", 0]]);
    const [lostAt, bad] = [new Map<string, number>(), new Set<string>()];
    const list = new SourceList([source("hans"), source("yoda")], now);
    let lanes: LaneOf[] = [];
    for (const { what, user, nth, after } of events) {
      now += after;
      if (what === "renew") {
        list.renew([source(user, now)]);
        since.set(user, now);
      } else if (what === "leave" && lanes.length > 0) {
        const [left] = lanes.splice(nth % lanes.length, 1);
        list.leave(left!);
      } else if ((what === "lose" || what === "condemn") && since.has(user)) {
        list.blame(user, what === "lose" ? failure : lie, what === "condemn", now);
        lostAt.set(user, now);
        if (what === "condemn") bad.add(user);
      } else if (what === "next") {
        const next = list.next(MOST, now);
        if (!next) continue;
        const given = next.source.user;
        assert(!bad.has(given) && now - (lostAt.get(given) ?? -Infinity) >= LOST_SOURCE_MS);
        assert(now - since.get(given)! < TICKET_MS);
        assert(!lanes.some((it) => it.source.user === given && it.lane === next.lane));
        lanes = [...lanes, next];
        assert(lanes.filter((it) => it.source.user === given).length <= MOST);
      }
    }
  }));
});
