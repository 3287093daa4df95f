import { assert, assertEquals } from "@std/assert";
import { end, isActive, Sessions } from "../../../lib/index/sessions/sessions.ts";
import type { Address } from "../../../lib/protocol/address.ts";
import { ACTIVE_MS, OVER_KEPT_MS } from "../../../lib/protocol/limits.ts";
import { PLAIN_SHARE, SESSIONS_PER_USER } from "../../../lib/protocol/share.ts";
import { sealedAs, SHARE } from "../../support/sealed_as.ts";

const A: Address = { hostname: "127.0.0.1", port: 40_001 };
const B: Address = { hostname: "127.0.0.1", port: 40_002 };

function activeUsers(sessions: Sessions, now: number): string[] {
  return [...sessions.activeUsers(now)];
}

Deno.test({ name: "Sessions knows nobody at first", permissions: "none" }, () => {
  const sessions = new Sessions();
  assertEquals(sessions.at(A, 0), undefined);
  assertEquals(sessions.plainOf("hans", 0), undefined);
  assertEquals(activeUsers(sessions, 0), []);
});

Deno.test({
  name: "Sessions finds a session by its user and by its address",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("hans", A, 5_000, 10);
  const { rate: _, ...session } = sessions.plainOf("hans", 10)!;
  const expected = {
    user: "hans",
    share: PLAIN_SHARE,
    number: 1,
    address: A,
    tcpPort: 5_000,
    tlsLabel: undefined,
    sealed: undefined,
    isListed: true,
    openedAt: 10,
    lastHeard: 10,
    hasEnded: false,
    excusedUntil: -Infinity,
    lastNamed: 0,
    withdrawals: 0,
    clock: { ahead: 0 },
  };
  assertEquals(session, expected);
  assert(sessions.at({ ...A }, 10) === sessions.plainOf("hans", 10));
  assertEquals(sessions.at(B, 10), undefined);
  assertEquals(sessions.plainOf("vader", 10), undefined);
});

for (const [silence, isActive] of [[0, true], [2_999, true], [3_000, true], [3_001, false]]) {
  Deno.test({
    name: `Sessions ${isActive ? "keeps" : "ends"} a session after ${silence} ms of silence`,
    permissions: "none",
  }, () => {
    const sessions = new Sessions();
    sessions.open("hans", A, 5_000, 100);
    const now = 100 + Number(silence);
    assertEquals(sessions.at(A, now) !== undefined, isActive);
    assertEquals(sessions.plainOf("hans", now) !== undefined, isActive);
    assertEquals(activeUsers(sessions, now), isActive ? ["hans"] : []);
  });
}

Deno.test(
  { name: "Sessions counts silence from when a user was last heard", permissions: "none" },
  () => {
    const sessions = new Sessions();
    sessions.open("hans", A, 5_000, 0);
    sessions.plainOf("hans", 2_000)!.lastHeard = 2_000;
    assertEquals(activeUsers(sessions, 5_000), ["hans"]);
    assertEquals(activeUsers(sessions, 5_001), []);
  },
);

Deno.test({
  name: "Sessions.open() ends the session that the user had elsewhere",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("hans", A, 5_000, 0);
  sessions.open("hans", B, 6_000, 1);
  assertEquals(sessions.at(A, 1), undefined);
  assertEquals(sessions.at(B, 1)?.tcpPort, 6_000);
  assertEquals(sessions.plainOf("hans", 1)?.address, B);
  assertEquals(activeUsers(sessions, 1), ["hans"]);
});

Deno.test({
  name: "Sessions.open() ends the session of whoever was at the address",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("hans", A, 5_000, 0);
  sessions.open("vader", A, 6_000, 1);
  assertEquals(sessions.at(A, 1)?.user, "vader");
  assertEquals(sessions.plainOf("hans", 1), undefined);
  assertEquals(activeUsers(sessions, 1), ["vader"]);
});

Deno.test({
  name: "Sessions.open() ends both when the user was elsewhere and somebody else was here",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("hans", A, 5_000, 0);
  sessions.open("vader", B, 6_000, 0);
  sessions.open("hans", B, 7_000, 1);
  assertEquals(sessions.at(A, 1), undefined);
  assertEquals(sessions.at(B, 1)?.tcpPort, 7_000);
  assertEquals(activeUsers(sessions, 1), ["hans"]);
});

Deno.test({
  name: "Sessions.open() leaves others alone when an ended session comes back",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("hans", A, 5_000, 0);
  sessions.open("vader", A, 6_000, 1);
  sessions.open("hans", B, 7_000, 2);
  assertEquals(sessions.at(A, 2)?.user, "vader");
  assertEquals(sessions.at(B, 2)?.user, "hans");
  assertEquals(activeUsers(sessions, 2), ["hans", "vader"]);
});

Deno.test({
  name: "Sessions lets a session make 2,000 requests at once, and as many again each second",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("hans", A, 5_000, 100);
  const { rate } = sessions.plainOf("hans", 100)!;
  for (let i = 0; i < 2_000; i++) assert(rate.take(100));
  assert(!rate.take(100));
  for (let i = 0; i < 1_000; i++) assert(rate.take(600));
  assert(!rate.take(600));
});

Deno.test({
  name: "Sessions finds a sealed session by its name and by nothing that came in clear",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("hans", A, 5_000, 0, sealedAs("c2Vzc2lvbg"));
  assertEquals(sessions.at(A, 0), undefined);
  assertEquals(sessions.sealed("b3RoZXI"), undefined);
  assertEquals(sessions.sealed("c2Vzc2lvbg")?.user, "hans");
  sessions.open("vader", A, 6_000, 0);
  assertEquals(activeUsers(sessions, 0), ["hans", "vader"]);
  assertEquals(sessions.sealed("c2Vzc2lvbg")?.user, "hans");
  assertEquals(sessions.at(A, 0)?.user, "vader");
});

Deno.test({ name: "Sessions tells ports and hosts apart", permissions: "none" }, () => {
  const sessions = new Sessions();
  sessions.open("hans", { hostname: "10.0.0.1", port: 1_111 }, 5_000, 0);
  sessions.open("vader", { hostname: "10.0.0.11", port: 111 }, 5_000, 0);
  sessions.open("yoda", { hostname: "::1", port: 1_111 }, 5_000, 0);
  assertEquals(sessions.at({ hostname: "10.0.0.1", port: 1_111 }, 0)?.user, "hans");
  assertEquals(sessions.at({ hostname: "10.0.0.11", port: 111 }, 0)?.user, "vader");
  assertEquals(sessions.at({ hostname: "::1", port: 1_111 }, 0)?.user, "yoda");
  assertEquals(sessions.at({ hostname: "10.0.0.1", port: 111 }, 0), undefined);
});

Deno.test({
  name: "Sessions waits for one heartbeat more after the machine was stopped",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("hans", A, 5_000, 0);
  sessions.excuse(1_900);
  assertEquals(activeUsers(sessions, 5_000), ["hans"]);
  assertEquals(activeUsers(sessions, 5_001), []);
});

Deno.test({
  name: "Sessions excuses neither who had gone before nor who was heard since",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("hans", A, 5_000, 0);
  sessions.open("vader", B, 5_000, 3_900);
  sessions.excuse(3_800);
  assertEquals(activeUsers(sessions, 4_000), ["vader"]);
  assertEquals(activeUsers(sessions, 6_901), []);
});

Deno.test({
  name: "Sessions that are excused again and again end when they would have the first time",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("hans", A, 5_000, 0);
  for (let since = 0; since < 10_000; since += 100) sessions.excuse(since);
  assertEquals(activeUsers(sessions, 5_000), ["hans"]);
  assertEquals(activeUsers(sessions, 5_001), []);
});

Deno.test({
  name: "Sessions counts no silence while nobody could be heard",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("yoda", { ...B, port: 9 }, 5_000, -1_500);
  sessions.open("hans", A, 5_000, 0);
  sessions.leaveOut(1_900, 9_000);
  sessions.leaveOut(9_100, 9_600);
  sessions.open("vader", B, 5_000, 9_600);
  assertEquals(activeUsers(sessions, 10_600), ["hans", "vader"]);
  assertEquals(activeUsers(sessions, 10_601), ["vader"]);
  assertEquals(activeUsers(sessions, 12_601), []);
});

Deno.test({
  name: "a user who logs in again goes on with the requests that are left",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("hans", A, 5_000, 0);
  for (let i = 0; i < 2_000; i++) assert(sessions.plainOf("hans", 0)!.rate.take(0));
  sessions.open("hans", B, 5_000, 0);
  assert(!sessions.plainOf("hans", 0)!.rate.take(0));
  end(sessions.plainOf("hans", 0)!);
  sessions.open("hans", A, 5_000, 1);
  for (let i = 0; i < 2; i++) {
    assert(sessions.plainOf("hans", 1)!.rate.take(1), "they came meanwhile");
  }
  assert(!sessions.plainOf("hans", 1)!.rate.take(1));
});

Deno.test({
  name: "endAll() ends the sessions of some users, of both protocols, and no others",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("hans", A, 5_000, 0);
  sessions.open("vader", B, 5_000, 0, sealedAs("session"));
  sessions.open("yoda", B, 5_000, 0);
  sessions.endAll(({ user }) => user !== "yoda");
  assertEquals(activeUsers(sessions, 0), ["yoda"]);
  assertEquals([sessions.at(A, 0), sessions.plainOf("vader", 0)], [undefined, undefined]);
  sessions.open("hans", A, 5_000, 0);
  assertEquals(activeUsers(sessions, 0), ["hans", "yoda"]);
});

/** The `n`th address. */
function addressOf(n: number): Address {
  return { hostname: "10.0.0.1", port: 2_000 + n };
}

/** Opens a sealed session of hans, with its number for a name. */
function enter(sessions: Sessions, n: number, now = 0, share: string | undefined = SHARE): boolean {
  return sessions.open("hans", addressOf(n), 5_000, now, sealedAs(`${n}`, share)) !== undefined;
}

Deno.test({
  name: "a user has eight sealed sessions, and a ninth when one of them is over",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  for (let n = 0; n < SESSIONS_PER_USER; n++) assert(enter(sessions, n));
  assert(!enter(sessions, 8, 3_000));
  assertEquals(sessions.sealed("8"), undefined);
  assertEquals(sessions.of("hans", 3_000).length, SESSIONS_PER_USER);
  end(sessions.sealed("5")!);
  assert(enter(sessions, 8, 3_000));
  assertEquals(sessions.sealed("5"), undefined);
  assert(isActive(sessions.sealed("0")!, 3_000));
});

Deno.test({
  name: "a ninth sealed session takes the place of the one that it names, and of no other",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  for (let n = 0; n < SESSIONS_PER_USER; n++) enter(sessions, n);
  end(sessions.sealed("2")!);
  const enterAfter = (former: string, name: string) => {
    return sessions.open("hans", addressOf(9), 5_000, 1, { ...sealedAs(name), former });
  };
  assert(enterAfter("5", "8"));
  assertEquals(sessions.sealed("5"), undefined);
  assert(sessions.sealed("2"), "what is over keeps its replies");
  assert(enter(sessions, 10, 1));
  assert(
    !sessions.open("hans", addressOf(11), 5_000, 1, { ...sealedAs("x"), former: "elsewhere" }),
  );
});

Deno.test({
  name: "sealed sessions that have been over for long are forgotten when their user logs in again",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  const [soon, late] = [ACTIVE_MS + 1_000, OVER_KEPT_MS + 1];
  enter(sessions, 0);
  enter(sessions, 1, soon);
  assert(sessions.sealed("0"), "a request sent again gets its reply");
  sessions.sealed("1")!.lastHeard = late;
  enter(sessions, 2, late);
  assertEquals(sessions.sealed("0"), undefined);
  assert(isActive(sessions.sealed("1")!, late));
  end(sessions.sealed("2")!);
  enter(sessions, 3, late);
  assert(sessions.sealed("2"), "a farewell sent again gets its reply");
  enter(sessions, 4, 2 * late);
  assertEquals(sessions.sealed("2"), undefined);
});

Deno.test({
  name:
    "forgetOver() forgets sessions of both protocols that have been over for long, and no others",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("hans", A, 5_000, 0);
  sessions.open("vader", B, 5_000, 0, sealedAs("vader"));
  sessions.open("yoda", B, 5_000, 0, sealedAs("yoda"));
  const gone = sessions.sealed("vader")!;
  gone.sealed!.window.keep(1, new Uint8Array(100));
  sessions.sealed("yoda")!.lastHeard = OVER_KEPT_MS;
  sessions.forgetOver(OVER_KEPT_MS);
  assert(
    sessions.sealed("vader") && sessions.isKnown("hans"),
    "a request sent again gets its reply",
  );
  sessions.forgetOver(OVER_KEPT_MS + 1);
  assertEquals(sessions.sealed("vader"), undefined);
  assertEquals(["hans", "vader", "yoda"].filter((user) => sessions.isKnown(user)), ["yoda"]);
  assertEquals(gone.sealed!.window.replyTo(1), undefined);
  assert(!gone.sealed!.window.isFresh(1));
  assertEquals(activeUsers(sessions, OVER_KEPT_MS + 1), ["yoda"]);
});

Deno.test({
  name: "forgetOver() forgets nobody whose silence does not count",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  sessions.open("hans", A, 5_000, 0, sealedAs("hans"));
  sessions.leaveOut(1_000, 100_000);
  sessions.forgetOver(100_000);
  assertEquals(activeUsers(sessions, 100_000), ["hans"]);
});

Deno.test({
  name: "a sealed session is replaced by one from its address, and no other one is",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  for (let n = 0; n < SESSIONS_PER_USER; n++) enter(sessions, n);
  const old = sessions.sealed("3")!;
  assert(sessions.open("hans", addressOf(3), 5_000, 1, sealedAs("again")));
  assertEquals([sessions.sealed("3"), isActive(old, 1)], [undefined, false]);
  assertEquals(sessions.of("hans", 1).length, SESSIONS_PER_USER);
  assert(sessions.open("vader", addressOf(4), 5_000, 1, sealedAs("vader")));
  assert(
    isActive(sessions.sealed("4")!, 1),
    "the same address in another user's name proves nothing",
  );
});

Deno.test({
  name: "the session that was opened first serves a share, and the next one when it is over",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  for (const n of [0, 1, 2]) enter(sessions, n);
  enter(sessions, 3, 0, "ab".repeat(8));
  enter(sessions, 4, 0, undefined);
  const serving = (now: number, share = SHARE) => sessions.serving("hans", share, now);
  assert(serving(0) === sessions.sealed("0"));
  assert(serving(0, "ab".repeat(8)) === sessions.sealed("3"));
  assertEquals(serving(0, "cd".repeat(8)), undefined);
  assertEquals(sessions.serving("vader", SHARE, 0), undefined);
  end(sessions.sealed("0")!);
  assert(serving(0) === sessions.sealed("1"), "at once after a bye");
  sessions.sealed("2")!.lastHeard = 3_000;
  assert(serving(3_000) === sessions.sealed("1"));
  assert(serving(3_001) === sessions.sealed("2"), "and after a silence");
});

Deno.test({
  name: "the sessions of one user in both protocols leave each other alone",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  for (let n = 0; n < SESSIONS_PER_USER; n++) enter(sessions, n);
  assert(sessions.open("hans", addressOf(0), 5_000, 0));
  assertEquals(sessions.of("hans", 0).length, SESSIONS_PER_USER + 1);
  const plain = sessions.plainOf("hans", 0)!;
  assert(sessions.serving("hans", PLAIN_SHARE, 0) === plain);
  assert(sessions.serving("hans", SHARE, 0) === sessions.sealed("0"));
  assert(sessions.open("hans", addressOf(0), 5_000, 0, sealedAs("again")));
  assert(sessions.plainOf("hans", 0) === plain, "what is sealed ends no plain session either");
  assertEquals(activeUsers(sessions, 0), ["hans"]);
});

Deno.test({
  name: "a sealed session that has ended is kept until its place is needed, and is never excused",
  permissions: "none",
}, () => {
  const sessions = new Sessions();
  enter(sessions, 0);
  const old = sessions.sealed("0")!;
  end(old);
  sessions.excuse(0);
  assert(!isActive(old, 0));
  assert(sessions.sealed("0") === old);
  for (let n = 1; n < SESSIONS_PER_USER; n++) assert(enter(sessions, n, 1));
  assert(sessions.sealed("0") === old);
  assert(enter(sessions, 8, 1));
  assertEquals(sessions.sealed("0"), undefined);
});
