import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Gateway } from "../../lib/etcd/gateway.ts";
import {
  ACCOUNTS,
  beatKey,
  CATALOGUE_KEY,
  CLOCKS,
  LANE_KEYS,
  PREFIX,
  PUBLICATIONS,
  serverKey,
  SESSIONS,
} from "../../lib/fleet/layout.ts";
import { decodeEvents, encodeEvents } from "../../lib/fleet/told_events.ts";
import { watch } from "../../lib/etcd/watch.ts";
import type { CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";
import { PLAIN_SHARE } from "../../lib/protocol/share.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { anyEvents, publish, withdraw } from "../support/events.ts";
import { FleetServer } from "../support/fleet_server.ts";

const ignore = !HAS_ETCD;
const WATCHED = { from: PREFIX, to: PUBLICATIONS };

/** An event with all that is meant by what it leaves out, and no more. */
function inFull(event: CatalogueEvent): unknown {
  const { kind, user, name, share = PLAIN_SHARE } = event;
  if (kind === "publish") {
    const rest = { ...event.details && { details: event.details } };
    return { kind, user, share, name, ...rest, ...event.isAdopted && { isAdopted: true } };
  }
  return event.isEverywhere
    ? { kind, user, name, isEverywhere: true }
    : { kind, user, share, name };
}

Deno.test("events come back from their bytes, in their order", () => {
  fc.assert(fc.property(fc.array(anyEvents()), (events) => {
    assertEquals(decodeEvents(encodeEvents(events)), events.map(inFull) as CatalogueEvent[]);
  }));
});

Deno.test("what is cut off, or of a kind that is none, is no events", () => {
  const bytes = encodeEvents([publish("hans", "ä", 1), withdraw("vader", "b")]);
  const second = encodeEvents([publish("hans", "ä", 1)]).length;
  for (let length = 1; length < bytes.length; length++) {
    if (length === second) continue;
    const events = decodeEvents(bytes.subarray(0, length));
    assertEquals(events, undefined, `${length}`);
  }
  for (const kind of [0, 5, 255]) assertEquals(decodeEvents(bytes.with(second, kind)), undefined);
});

Deno.test("any other bytes are no events, or are some", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    for (const { name } of decodeEvents(bytes) ?? []) assert(name.length > 0);
  }));
});

Deno.test("all keys but those of publications are watched", () => {
  for (const key of [CATALOGUE_KEY, SESSIONS, CLOCKS, ACCOUNTS, LANE_KEYS]) assert(isWatched(key));
  for (const key of [serverKey("z"), beatKey("z")]) assert(isWatched(key), key);
});

function isWatched(key: string): boolean {
  return key >= WATCHED.from && key < WATCHED.to;
}

Deno.test({ name: "etcd tells of a transaction at one key", ignore }, async () => {
  await using node = await EtcdNode.start();
  await using server = await FleetServer.join([node.endpoint]);
  const { journal, fleet } = server;
  const from = fleet.feed.revision + 1;
  const names = Array.from({ length: 50 }, (_, i) => `${i}`);
  await journal.append(...names.map((name) => publish("hans", name, 1)));
  using gateway = new Gateway({ endpoints: [node.endpoint] });
  const stopping = new AbortController();
  const keys: string[] = [];
  const query = { endpoint: node.endpoint, range: WATCHED, revision: from };
  for await (const { changes } of watch(gateway, query, stopping.signal)) {
    keys.push(...changes.map(({ key }) => key).filter((key) => key.startsWith(LANE_KEYS)));
    if (keys.length > 0) break;
  }
  stopping.abort();
  assertEquals(keys.length, 1);
  assertEquals(server.told.length, 50);
});
