/**
 * Which source is connected to next, and which one makes room.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type SealedSource, sourceId } from "../../../lib/peer/download/connection_pool.ts";
import {
  type ConnectionStanding,
  giveWay,
  nextSlot,
} from "../../../lib/peer/download/next_slot.ts";
import { PieceFetchers } from "../../../lib/peer/download/piece_fetchers.ts";
import type { PieceFetcher } from "../../../lib/peer/download/piece_fetcher.ts";
import { SourceList } from "../../../lib/peer/download/source_list.ts";
import { MOST_DOWNLOAD_CONNECTIONS } from "../../../lib/protocol/download_limits.ts";

const NOW = 20_000;

function test(name: string, fn: () => void): void {
  Deno.test({ name, permissions: "none", fn });
}

function source(user: string, isPartial: boolean): SealedSource {
  const address = { hostname: "127.0.0.1", port: 40_000 };
  return { user, address, pass: { ticket: "t", label: "l" }, since: NOW, isPartial };
}

/** A fetcher of a partial source that brought something at `broughtAt`, if ever. */
class FakeFetcher {
  readonly isPartial = true;
  readonly pieces = 0;
  hasLeft = false;

  constructor(readonly user: string, readonly state: string, readonly broughtAt: number) {}

  get id(): string {
    return sourceId(source(this.user, true));
  }

  leave(): void {
    this.hasLeft = true;
  }
}

function fetchersOf(fakes: readonly FakeFetcher[]): PieceFetchers {
  const fetchers = new PieceFetchers();
  for (const fake of fakes) fetchers.add(fake as unknown as PieceFetcher, Promise.resolve());
  return fetchers;
}

function standingOf(
  sources: SourceList,
  fetchers: PieceFetchers,
  more: Partial<ConnectionStanding> = {},
): ConnectionStanding {
  return { fetchers, sources, wanted: 100, isSlow: false, isOn: false, ...more };
}

/** A full house of fetchers of which the last brings nothing, and what they were taken from. */
function fullHouse(state = "idle", broughtAt = 0) {
  const busy = Array.from({ length: MOST_DOWNLOAD_CONNECTIONS - 1 }, (_, i) => {
    return new FakeFetcher(`user${i}`, "asking", 0);
  });
  const last = new FakeFetcher("last", state, broughtAt);
  const sources = new SourceList([...busy, last].map(({ user }) => source(user, true)));
  while (sources.take(1, NOW));
  return { last, sources, fetchers: fetchersOf([...busy, last]) };
}

test("a source that is alone gets four connections", () => {
  const standing = standingOf(new SourceList([source("hans", false)]), new PieceFetchers());
  const taken = Array.from({ length: 5 }, () => nextSlot(standing, NOW)?.index);
  assertEquals(taken, [0, 1, 2, 3, undefined]);
});

test("in a swarm each source gets one, who has the whole file first", () => {
  const sources = new SourceList([source("yoda", true), source("hans", false)]);
  const standing = standingOf(sources, new PieceFetchers());
  const taken = Array.from({ length: 3 }, () => nextSlot(standing, NOW)?.source.user);
  assertEquals(taken, ["hans", "yoda", undefined]);
});

test("who brought nothing for long gives way to one who may", () => {
  const { last, sources, fetchers } = fullHouse();
  giveWay(standingOf(sources, fetchers), NOW);
  assertEquals(last.hasLeft, false, "nobody else is known");
  sources.renew([source("new", true)]);
  giveWay(standingOf(sources, fetchers), NOW);
  assertEquals(last.hasLeft, true);
  assertEquals(nextSlot(standingOf(sources, fetchers), NOW), undefined, "once it has left");
});

for (const [what, state, at] of [["busy", "asking", 0], ["new", "idle", NOW - 9_999]] as const) {
  test(`who is ${what} does not give way`, () => {
    const { last, sources, fetchers } = fullHouse(state, at);
    sources.renew([source("other", true)]);
    giveWay(standingOf(sources, fetchers), NOW);
    assertEquals(last.hasLeft, false);
  });
}
