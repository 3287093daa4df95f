/**
 * Which source is asked when, with time as a number.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BitTrickleError } from "../../../lib/errors.ts";
import { type SealedSource, sourceId } from "../../../lib/peer/download/connection_pool.ts";
import { SourceList, type SourceSlot } from "../../../lib/peer/download/source_list.ts";
import { LOST_SOURCE_MS } from "../../../lib/protocol/download_limits.ts";
import { TICKET_MS } from "../../../lib/protocol/limits.ts";
import { SESSIONS_PER_USER } from "../../../lib/protocol/share.ts";

const PURE = { permissions: "none" } as const;
const MOST = 4;
const FIRST = LOST_SOURCE_MS.first;

function source(user: string, since = 0, hostname = "127.0.0.1"): SealedSource {
  const address = { hostname, port: 40_000 };
  return { user, address, pass: { ticket: "t", label: "k" }, since };
}

/** The id of the source that `user` is here. */
function idOf(user: string): string {
  return sourceId(source(user));
}

const [HANS, YODA] = [idOf("hans"), idOf("yoda")];
const failure = new BitTrickleError("network", "gone");
const gone = new BitTrickleError("not_found", "has it no more");
const changed = new BitTrickleError("changed", "changed");
const lie = new BitTrickleError("unverified", "junk");

/** Slots that the list gives away at `now`, until it gives no more. */
function all(list: SourceList, now: number): string[] {
  const users: string[] = [];
  for (let slot = list.take(MOST, now); slot; slot = list.take(MOST, now)) {
    users.push(`${slot.source.user} ${slot.index}`);
  }
  return users;
}

Deno.test({ name: "sources share the connections, rounded up", ...PURE }, () => {
  const list = new SourceList(["hans", "yoda", "chewy"].map((user) => source(user)));
  const slots = ["hans 0", "yoda 0", "chewy 0", "hans 1", "yoda 1", "chewy 1"];
  assertEquals(all(list, 0), slots);
  assertEquals(all(new SourceList([source("hans")]), 0), [
    "hans 0",
    "hans 1",
    "hans 2",
    "hans 3",
  ]);
});

Deno.test({ name: "a slot that was released is given away again", ...PURE }, () => {
  const list = new SourceList([source("hans")]);
  all(list, 0);
  list.release({ source: source("hans"), index: 2 });
  assertEquals(all(list, 0), ["hans 2"]);
});

Deno.test({ name: "who is lost is asked again after a while, who lies never", ...PURE }, () => {
  const list = new SourceList([source("hans"), source("yoda")]);
  list.recordFailure(HANS, failure, false, 100);
  list.recordFailure(YODA, lie, true, 100);
  assertEquals([list.isBad(HANS), list.isBad(YODA)], [false, true]);
  assertEquals(list.take(MOST, 99 + FIRST), undefined);
  assertEquals(list.take(MOST, 100 + FIRST)?.source.user, "hans");
  list.renew([source("yoda", 200)]);
  assert(all(list, 10_000).every((slot) => slot.startsWith("hans")));
});

Deno.test({ name: "who is somewhere else is asked there at once", ...PURE }, () => {
  const list = new SourceList([source("hans"), source("yoda")]);
  list.recordFailure(HANS, failure, false, 0);
  const moved = [source("hans", 0, "127.0.0.2"), source("yoda")];
  assertEquals(list.renew(moved), [HANS]);
  const hosts = [list.take(MOST, 0), list.take(MOST, 0)].map((slot) =>
    slot?.source.address.hostname
  );
  assertEquals(hosts, ["127.0.0.2", "127.0.0.1"]);
  assertEquals(list.renew(moved), []);
});

Deno.test({ name: "the while doubles, and ends when the source comes back", ...PURE }, () => {
  const list = new SourceList([source("hans")]);
  let now = 0;
  for (const wait of [FIRST, 2 * FIRST, LOST_SOURCE_MS.longest, LOST_SOURCE_MS.longest]) {
    const isFirst = list.recordFailure(HANS, failure, false, now);
    assertEquals(isFirst, now === 0);
    // Its other connections fail of the same.
    list.recordFailure(HANS, failure, false, now);
    assertEquals([all(list, now + wait - 1), list.isAnyThere], [[], true]);
    now += wait;
    for (const index of [0, 1, 2, 3]) list.release({ source: source("hans"), index });
  }
  list.recordFailure(HANS, failure, false, now);
  assertEquals(list.renew([source("hans", now)]), [], "it was never away");
  assertEquals(all(list, now), []);
  list.forgetNames();
  assertEquals(list.isAnyThere, false);
  assertEquals(list.renew([source("hans", now)]), [HANS]);
  assertEquals(all(list, now).length, MOST);
  list.recordProgress(HANS);
  assertEquals(list.recordFailure(HANS, failure, false, now), true);
  assertEquals(list.take(MOST, now + FIRST - 1), undefined);
});

Deno.test({ name: "an old ticket is not shown, and a new one replaces it", ...PURE }, () => {
  const list = new SourceList([source("hans")]);
  assertEquals(list.take(MOST, TICKET_MS), undefined);
  list.renew([source("hans", TICKET_MS)]);
  assertEquals(list.take(MOST, TICKET_MS)?.source.since, TICKET_MS);
});

Deno.test({ name: "there is hope unless all lie or have it no more", ...PURE }, () => {
  assertEquals(new SourceList([]).isHopeless, false, "somebody may come");
  const list = new SourceList([source("hans"), source("yoda")]);
  list.recordFailure(YODA, lie, true, 0);
  assertEquals([list.isHopeless, list.isAnyThere], [false, true]);
  list.recordFailure(HANS, failure, false, 0);
  assertEquals(list.isHopeless, false, "who is lost may come back");
  list.recordFailure(HANS, gone, false, 0);
  assertEquals(list.isHopeless, true);
  assertEquals(list.failure?.message, "yoda: junk", "a lie outweighs a loss");
  list.forgetNames();
  list.renew([source("hans")]);
  assertEquals(list.isHopeless, false, "who comes back may have it again");
});

Deno.test({ name: "whose file changes is waited for while it is there", ...PURE }, () => {
  const list = new SourceList([source("hans"), source("yoda")]);
  list.recordFailure(HANS, changed, false, 0);
  list.recordFailure(YODA, lie, true, 0);
  list.expectChange(YODA);
  assertEquals(list.isHopeless, false);
  list.renew([source("yoda")]);
  assertEquals(list.isHopeless, false);
  list.renew([]);
  assertEquals(list.isHopeless, true);
});

Deno.test({ name: "sources that are invented without end are forgotten", ...PURE }, () => {
  const list = new SourceList([source("hans")]);
  list.recordFailure(HANS, lie, true, 0);
  for (let i = 0; i < 5_000; i++) list.renew([source(`user${i}`)]);
  const asked = Array.from({ length: 5_000 }, (_, i) => `user${i}`);
  const fit = asked.filter((user) => list.recordFailure(idOf(user), failure, false, 0));
  assert(fit.length <= 1_001 && fit.at(-1) === "user4999", `${fit.length} are remembered`);
  assert(list.isBad(HANS));
});

/** Anything that happens to a list, in any order. */
const EVENTS = fc.array(
  fc.record({
    what: fc.constantFrom("take", "release", "lose", "condemn", "renew"),
    user: fc.constantFrom("hans", "yoda", "chewy"),
    nth: fc.nat(10),
    after: fc.nat(2_000),
  }),
  { maxLength: 100 },
);

Deno.test({
  name: "whatever happens, no slot is given twice, and none of a source that may not be asked",
  ...PURE,
}, () => {
  fc.assert(fc.property(EVENTS, (events) => {
    let now = 0;
    const since = new Map([["hans", 0], ["yoda", 0]]);
    const [notBefore, backoff, bad] = [new Map<string, number>(), new Map(), new Set<string>()];
    const list = new SourceList([source("hans"), source("yoda")]);
    const mayBeAsked = (user: string) => now >= (notBefore.get(user) ?? -Infinity);
    let slots: SourceSlot[] = [];
    let named = new Set(["hans", "yoda"]);
    for (const { what, user, nth, after } of events) {
      now += after;
      if (what === "renew") {
        list.renew([source(user, now)]);
        since.set(user, now);
        // Who was not named the last time is back, and may be asked at once.
        if (!named.has(user)) [notBefore, backoff].forEach((it) => it.delete(user));
        named = new Set([user]);
      } else if (what === "release" && slots.length > 0) {
        const [left] = slots.splice(nth % slots.length, 1);
        list.release(left!);
      } else if ((what === "lose" || what === "condemn") && since.has(user)) {
        const error = what === "lose" ? failure : lie;
        list.recordFailure(idOf(user), error, what === "condemn", now);
        // Several connections may fail for one reason.
        if (mayBeAsked(user)) {
          const ms = backoff.get(user) ?? FIRST;
          notBefore.set(user, now + ms);
          backoff.set(user, Math.min(2 * ms, LOST_SOURCE_MS.longest));
        }
        if (what === "condemn") bad.add(user);
      } else if (what === "take") {
        const slot = list.take(MOST, now);
        if (!slot) continue;
        const given = slot.source.user;
        assert(!bad.has(given) && mayBeAsked(given));
        assert(now - since.get(given)! < TICKET_MS);
        assert(!slots.some((it) => it.source.user === given && it.index === slot.index));
        slots = [...slots, slot];
        assert(slots.filter((it) => it.source.user === given).length <= MOST);
      }
    }
  }));
});

Deno.test({ name: "a source that has the whole file comes before others", ...PURE }, () => {
  const list = new SourceList([{ ...source("yoda"), isPartial: true }, source("hans")]);
  assertEquals([list.isAnyThere, list.isAnyPartial, list.isAnyFree(0)], [true, true, true]);
  assertEquals([list.take(1, 0), list.take(1, 0)].map((slot) => slot?.source.user), [
    "hans",
    "yoda",
  ]);
  assertEquals([list.take(1, 0), list.isAnyFree(0)], [undefined, false], "one connection each");
});

Deno.test({ name: "nobody is there if all fetch the file themselves", ...PURE }, () => {
  const list = new SourceList([{ ...source("yoda"), isPartial: true }]);
  assertEquals([list.isAnyThere, list.isAnyPartial], [false, true]);
  list.forgetNames();
  assertEquals(list.isAnyPartial, false);
});

Deno.test({ name: "a source that gave way is left alone for half a minute", ...PURE }, () => {
  const list = new SourceList([{ ...source("yoda"), isPartial: true }]);
  list.rest(YODA, 0);
  list.rest("nobody", 0);
  assertEquals([list.isAnyFree(29_999), list.isAnyFree(30_000)], [false, true]);
});

/** One of the devices of hans. */
function device(label: string): SealedSource {
  return { ...source("hans"), pass: { ticket: "t", label } };
}

Deno.test({ name: "devices of one user are sources of their own", ...PURE }, () => {
  const [laptop, lab] = [device("laptop"), device("lab")];
  const list = new SourceList([laptop, lab]);
  assertEquals(all(list, 0), ["hans 0", "hans 0", "hans 1", "hans 1"]);
  list.recordFailure(sourceId(laptop), lie, true, 0);
  assertEquals([list.isBad(sourceId(laptop)), list.isBad(sourceId(lab))], [true, false]);
  assertEquals([list.isHopeless, list.isAnyThere], [false, true]);
  list.recordFailure(sourceId(lab), gone, false, 0);
  assertEquals(list.isHopeless, true);
});

Deno.test({ name: "a user who lies from as many devices as there may be is out", ...PURE }, () => {
  const list = new SourceList([]);
  for (let i = 0; i <= SESSIONS_PER_USER; i++) {
    const next = device(`device ${i}`);
    list.renew([next]);
    assertEquals(list.isBad(sourceId(next)), i === SESSIONS_PER_USER);
    list.recordFailure(sourceId(next), lie, true, 0);
  }
  list.renew([source("yoda")]);
  assertEquals(list.isBad(YODA), false);
});
