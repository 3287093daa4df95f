/**
 * Which connections are given up when they may be lost, with time as a number.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { PieceFetcher } from "../../../lib/peer/download/piece_fetcher.ts";
import type { FetcherState } from "../../../lib/peer/download/piece_request.ts";
import { PieceFetchers } from "../../../lib/peer/download/piece_fetchers.ts";
import { BACK_MS } from "../../../lib/protocol/download_limits.ts";
import { TRICKLE_MS } from "../../../lib/protocol/limits.ts";

const PURE = { permissions: "none" } as const;

/** Fetchers at work, by what they have received; and whose connections were given up. */
function atWork(...works: { id: string; state: FetcherState }[]) {
  const fetchers = new PieceFetchers();
  const abandoned: string[] = [];
  const fakes = works.map((work) => {
    const abandon = () => void abandoned.push(work.id);
    const fake = { ...work, received: 1_000, abandon };
    fetchers.add(fake as unknown as PieceFetcher, Promise.resolve());
    return fake;
  });
  return { fetchers, fakes, abandoned };
}

Deno.test({ name: "a connection that may be lost is given up if it stays silent", ...PURE }, () => {
  const { fetchers, fakes, abandoned } = atWork(
    { id: "hans", state: "asking" },
    { id: "yoda", state: "asking" },
    { id: "vader", state: "asking" },
  );
  fetchers.suspect(0, ["hans", "yoda"]);
  fakes[1]!.received++;
  fetchers.abandonSilent(BACK_MS - 1);
  assertEquals(abandoned, []);
  fetchers.abandonSilent(BACK_MS);
  fetchers.abandonSilent(2 * BACK_MS);
  assertEquals(abandoned, ["hans"]);
});

Deno.test({ name: "when this machine has moved, any may be lost", ...PURE }, () => {
  const { fetchers, abandoned } = atWork(
    { id: "hans", state: "asking" },
    { id: "yoda", state: "working" },
  );
  fetchers.suspect(0);
  fetchers.abandonSilent(BACK_MS);
  assertEquals(abandoned, ["hans"]);
});

Deno.test({ name: "a second reason is no reason to wait longer", ...PURE }, () => {
  const { fetchers, abandoned } = atWork({ id: "hans", state: "asking" });
  fetchers.suspect(0);
  fetchers.suspect(BACK_MS - 1, ["hans"]);
  fetchers.abandonSilent(BACK_MS);
  assertEquals(abandoned, ["hans"]);
});

Deno.test({ name: "who waits in a queue is given time to hear of it", ...PURE }, () => {
  const { fetchers, abandoned } = atWork({ id: "hans", state: "queued" });
  fetchers.suspect(0);
  fetchers.abandonSilent(TRICKLE_MS + BACK_MS - 1);
  assertEquals(abandoned, []);
  fetchers.abandonSilent(TRICKLE_MS + BACK_MS);
  assertEquals(abandoned, ["hans"]);
});
