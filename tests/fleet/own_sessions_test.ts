import { assert, assertEquals } from "@std/assert";
import { OwnSessions } from "../../lib/fleet/own_sessions.ts";
import type { SealedSession } from "../../lib/index/sessions/session.ts";
import { type SharedSession, toShared } from "../../lib/index/sessions/shared_session.ts";
import { sealedAs } from "../support/sealed_as.ts";

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
