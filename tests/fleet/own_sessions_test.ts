/**
 * What a server tells others of its sessions.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { OwnSessions } from "../../lib/fleet/own_sessions.ts";
import { type SealedSession, Sessions } from "../../lib/index/sessions/sessions.ts";
import { type SharedSession, toShared } from "../../lib/index/sessions/shared_session.ts";
import { EtcdProxy } from "../support/etcd_proxy.ts";
import { EtcdNode, HAS_ETCD } from "../support/etcd.ts";
import { FleetIndex } from "../support/fleet_index.ts";
import { sealedAs } from "../support/sealed_as.ts";
import { waitFor } from "../support/wait_for.ts";

Deno.test("sessions that change all the time keep no other one waiting", async () => {
  const sessions = new Sessions();
  const own = new OwnSessions(new Map());
  for (let i = 0; i < 150; i++) {
    const from = { hostname: "192.0.2.1", port: 2_000 + i };
    const session = sessions.open(`user${i}`, from, 5_000, 0, sealedAs(`s${i}`))!;
    const registration = { key: `${i}`, revision: i + 1, shared: toShared(session, [], 0) };
    await own.add(session, () => Promise.resolve(registration));
  }
  const told = new Set<string>();
  for (let round = 1; round <= 2; round++) {
    const unfinished = [{ id: "ab".repeat(32), size: round }];
    const describe = (session: SealedSession) => toShared(session, unfinished, 0);
    const corrections = own.corrections(0, describe, 100);
    own.corrected(corrections, 1_000 * round);
    for (const { key } of corrections) told.add(key);
  }
  assertEquals(told.size, 150);
});

Deno.test({
  name: "one session that is not as it was keeps no other one from being told",
  ignore: !HAS_ETCD,
}, async () => {
  await using node = await EtcdNode.start();
  await using proxy = new EtcdProxy(node.endpoint);
  await using first = await FleetIndex.join(proxy.endpoint);
  await using second = await FleetIndex.join(node.endpoint);
  await first.logIn("hans", "h");
  const range = { key: btoa("/bittrickle/1/session/"), range_end: btoa("/bittrickle/1/session0") };
  const { kvs } = await node.call("/v3/kv/range", range);
  await first.logIn("leia", "l");
  await waitFor("both to be known", () => second.active().length === 2);
  proxy.isStuck = true; // What becomes of hans is not told here.
  await node.call("/v3/kv/deleterange", { key: (kvs as { key: string }[])[0]!.key });
  for (const name of ["h", "l"]) first.session(name).hasEnded = true;
  await waitFor("leia to be gone", () => second.active().length === 0, 5_000);
  proxy.isStuck = false;
});

/** A session that is active until it is ended. */
function openSession(name: string): SealedSession {
  return {
    ...{ user: name, share: "0123456789abcdef", tcpPort: 5_000, openedAt: 0 },
    address: { hostname: "192.0.2.1", port: 5_000 },
    ...{ lastHeard: Infinity, excusedUntil: 0, hasEnded: false },
    sealed: sealedAs(name),
  } as unknown as SealedSession;
}

/** Registers `count` sessions, which were described as often as {@linkcode described} says. */
async function register(own: OwnSessions, count: number): Promise<SealedSession[]> {
  const sessions = Array.from({ length: count }, (_, i) => openSession(`s${i}`));
  for (const [i, session] of sessions.entries()) {
    const put = { key: `key/${i}`, revision: i + 1, shared: toShared(session, [], 0) };
    await own.add(session, () => Promise.resolve(put));
  }
  return sessions;
}

const describe = (session: SealedSession): SharedSession => toShared(session, [], 0);

Deno.test({
  name: "of ten thousand sessions some are gone through at once, and all in their turn",
  permissions: "none",
}, async () => {
  const own = new OwnSessions(new Map());
  const sessions = await register(own, 10_000);
  const seen = new Map<SealedSession, number>();
  const note = (session: SealedSession) => {
    seen.set(session, (seen.get(session) ?? 0) + 1);
    return describe(session);
  };
  own.corrections(0, note, 100);
  assert(seen.size < 5_000, `${seen.size} at once`);
  for (let look = 0; look < 3; look++) own.corrections(0, note, 100);
  assertEquals(seen.size, sessions.length);
  assertEquals(new Set(seen.values()), new Set([1]));
});

Deno.test({
  name: "what is too much for one transaction is told by the next ones",
  permissions: "none",
}, async () => {
  const own = new OwnSessions(new Map());
  const sessions = await register(own, 3_000);
  for (const session of sessions.slice(0, 250)) session.hasEnded = true;
  const deleted: number[] = [];
  for (let look = 0; look < 5; look++) {
    const corrections = own.corrections(0, describe, 100);
    own.corrected(corrections, 5_000 + look);
    deleted.push(corrections.length);
  }
  assertEquals(deleted.slice(0, 3), [100, 100, 50]);
  assertEquals(deleted.reduce((a, b) => a + b), 250);
});

Deno.test({ name: "a server without sessions has nothing to tell", permissions: "none" }, () => {
  assertEquals(new OwnSessions(new Map()).corrections(0, describe, 100), []);
});
