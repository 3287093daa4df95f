import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { LoginThrottle } from "../../../lib/index/login/login_throttle.ts";
import { LOGIN_STEP_MS, REMEMBERED_FAILURES } from "../../../lib/protocol/limits.ts";

function afterFailures(count: number): LoginThrottle {
  const throttle = new LoginThrottle();
  for (let i = 0; i < count; i++) throttle.failed("hans", "10.0.0.1", 0);
  return throttle;
}

const WAITS = [0, 0, 0, 0, 0, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000];

for (const [failures, wait] of WAITS.entries()) {
  Deno.test({
    name: `LoginThrottle asks for ${wait / 1_000} s of patience after ${failures} failures`,
    permissions: "none",
  }, () => {
    assertEquals(afterFailures(failures).wait("hans", "10.0.0.1", 0), wait);
  });
}

Deno.test({ name: "LoginThrottle never asks for more than a minute", permissions: "none" }, () => {
  assertEquals(afterFailures(5_000).wait("hans", "10.0.0.1", 0), 60_000);
});

Deno.test({ name: "LoginThrottle counts the wait down to 0", permissions: "none" }, () => {
  const throttle = afterFailures(5);
  assertEquals(throttle.wait("hans", "10.0.0.1", 1), 1_999);
  assertEquals(throttle.wait("hans", "10.0.0.1", 1_999), 1);
  assertEquals(throttle.wait("hans", "10.0.0.1", 2_000), 0);
  assertEquals(throttle.wait("hans", "10.0.0.1", 1_000_000), 0);
});

Deno.test({
  name: "LoginThrottle doubles on the next failure, however late it comes",
  permissions: "none",
}, () => {
  const throttle = afterFailures(5);
  throttle.failed("hans", "10.0.0.1", 1_000_000);
  assertEquals(throttle.wait("hans", "10.0.0.1", 1_000_000), 4_000);
});

Deno.test({
  name: "LoginThrottle lets the same user in elsewhere and others in from here",
  permissions: "none",
}, () => {
  const throttle = afterFailures(20);
  assertEquals(throttle.wait("hans", "10.0.0.2", 0), 0);
  assertEquals(throttle.wait("vader", "10.0.0.1", 0), 0);
});

Deno.test({ name: "LoginThrottle forgets after a success", permissions: "none" }, () => {
  const throttle = afterFailures(20);
  throttle.succeeded("hans", "10.0.0.1");
  assertEquals(throttle.wait("hans", "10.0.0.1", 0), 0);
  for (let i = 0; i < 4; i++) throttle.failed("hans", "10.0.0.1", 0);
  assertEquals(throttle.wait("hans", "10.0.0.1", 0), 0);
});

Deno.test({
  name: "LoginThrottle keeps the failures here when the user succeeds elsewhere",
  permissions: "none",
}, () => {
  const throttle = afterFailures(5);
  throttle.succeeded("hans", "10.0.0.2");
  throttle.succeeded("vader", "10.0.0.1");
  assertEquals(throttle.wait("hans", "10.0.0.1", 0), 2_000);
});

Deno.test({
  name:
    "LoginThrottle forgets nobody who has to wait, however many users are made up, here or anywhere",
  permissions: "none",
}, () => {
  const throttle = afterFailures(5);
  for (let i = 0; i < 4; i++) throttle.failed("vader", "10.0.0.1", 0);
  for (let i = 0; i < 100_000; i++) throttle.failed(`user${i}`, "10.0.0.1", i);
  for (let i = 0; i < 100_000; i++) {
    throttle.failed(`user${i}`, `10.${i >> 16}.${i >> 8 & 255}.9`, i);
  }
  assertEquals(throttle.wait("hans", "10.0.0.1", 0), 2_000);
  throttle.failed("vader", "10.0.0.1", 100_000);
  assertEquals(throttle.wait("vader", "10.0.0.1", 100_000), 2_000, "it was the fifth");
  assert(throttle.size <= REMEMBERED_FAILURES.inAll + REMEMBERED_FAILURES.neighbourhoods);
});

Deno.test({
  name: "LoginThrottle slows down a host of which too many users failed, and no other",
  permissions: "none",
}, () => {
  const throttle = new LoginThrottle();
  for (let i = 0; i < REMEMBERED_FAILURES.usersPerHost; i++) {
    throttle.failed(`u${i}`, "10.0.0.1", 0);
  }
  for (let i = 0; i < 5; i++) throttle.failed(`more${i}`, "10.0.0.1", 0);
  assertEquals(throttle.wait("hans", "10.0.0.1", 0), 2_000);
  assertEquals(throttle.wait("u0", "10.0.0.1", 0), 0, "it is counted for itself");
  assertEquals(throttle.wait("hans", "10.0.0.2", 0), 0);
  throttle.succeeded("hans", "10.0.0.1");
  assertEquals(throttle.wait("vader", "10.0.0.1", 0), 0, "somebody there knows a password");
  throttle.failed("vader", "10.0.0.1", 0);
  assertEquals(throttle.wait("yoda", "10.0.0.1", 0), 4_000, "and guessing does not begin anew");
});

const UNDER_WAY = REMEMBERED_FAILURES.underWayPerHost;

/** A throttle to which so many users of one host have begun to log in at 0. */
function afterBeginning(count: number): LoginThrottle {
  const throttle = new LoginThrottle();
  for (let i = 0; i < count; i++) throttle.begun(`u${i}`, "10.0.0.1", 0, `attempt ${i}`);
  return throttle;
}

Deno.test({
  name: "LoginThrottle makes nobody wait for logins that are under way at the same host",
  permissions: "none",
}, () => {
  const throttle = afterBeginning(UNDER_WAY);
  assertEquals(throttle.wait("hans", "10.0.0.1", LOGIN_STEP_MS), 0);
  for (let i = 0; i < UNDER_WAY; i++) throttle.succeeded(`u${i}`, "10.0.0.1");
  assertEquals(throttle.size, 0);
  for (let i = 0; i < UNDER_WAY; i++) throttle.begun(`v${i}`, "10.0.0.1", LOGIN_STEP_MS, `${i}`);
  assertEquals(throttle.wait("hans", "10.0.0.1", 2 * LOGIN_STEP_MS), 0, "the first are long done");
});

Deno.test({
  name: "LoginThrottle counts a login that did not succeed in time as a failure of its host",
  permissions: "none",
}, () => {
  const throttle = afterBeginning(UNDER_WAY);
  const late = LOGIN_STEP_MS + 1;
  assertEquals(throttle.wait("hans", "10.0.0.1", late), 60_000 - late);
  assertEquals(throttle.wait("u127", "10.0.0.1", late), 0, "it is counted for itself");
  assertEquals(throttle.wait("u128", "10.0.0.1", late), 60_000 - late, "it is counted with others");
  assertEquals(throttle.size, REMEMBERED_FAILURES.usersPerHost + 1);
});

Deno.test({
  name: "LoginThrottle makes no class wait whose logins are broken off after all were in once",
  permissions: "none",
}, () => {
  const throttle = new LoginThrottle();
  const pupils = Array.from({ length: 1_000 }, (_, i) => `pupil${i}`);
  for (const pupil of pupils) {
    throttle.begun(pupil, "10.0.0.1", 0);
    throttle.succeeded(pupil, "10.0.0.1");
  }
  for (const pupil of pupils) throttle.begun(pupil, "10.0.0.1", 0);
  const waits = [...pupils, "hans"].map((user) => throttle.wait(user, "10.0.0.1", 60_000));
  assertEquals(new Set(waits), new Set([0]));
  for (let i = 0; i < 4; i++) throttle.begun("pupil7", "10.0.0.1", 60_000);
  assertEquals(throttle.wait("pupil7", "10.0.0.1", 60_000), 2_000, "guessing one is slowed down");
});

Deno.test({
  name: "LoginThrottle lets in who was in before, where guesses of others make all others wait",
  permissions: "none",
}, () => {
  const throttle = new LoginThrottle();
  throttle.succeeded("hans", "10.0.0.1");
  for (let i = 0; i < 200; i++) throttle.failed(`u${i}`, "10.0.0.1", 0);
  assertEquals(throttle.wait("hans", "10.0.0.1", 0), 0);
  assertEquals(throttle.wait("vader", "10.0.0.1", 0), 60_000);
  throttle.succeeded("hans", "10.0.0.1");
  assertEquals(throttle.wait("vader", "10.0.0.1", 0), 60_000, "who has an account may not guess");
});

Deno.test({
  name:
    "LoginThrottle lets no more guesses of one password through at once than one after the other",
  permissions: "none",
}, () => {
  const throttle = new LoginThrottle();
  const heard = Array.from({ length: 1_000 }, (_, i) => i).filter((i) => {
    if (throttle.wait("hans", "10.0.0.1", 0, `${i}`) > 0) return false;
    throttle.begun("hans", "10.0.0.1", 0, `${i}`);
    return true;
  });
  assertEquals(heard.length, 5);
});

Deno.test({
  name: "LoginThrottle bounds how many users a host may guess at once, and does so for an hour",
  permissions: "none",
}, () => {
  const throttle = new LoginThrottle();
  let heard = 0;
  const guess = (user: string, now: number) => {
    if (throttle.wait(user, "127.0.0.1", now) > 0) return;
    throttle.begun(user, "127.0.0.1", now);
    heard++;
  };
  for (let i = 0; i < 10_000; i++) guess(`user${i}`, 0);
  assertEquals(heard, UNDER_WAY + 5, "as many as may be under way, and the attempts that are free");
  heard = 0;
  for (let now = 0; now < 3_600_000; now += 1_000) guess(`other${now}`, now);
  assert(heard <= 61, `${heard} were heard in the hour after that`);
});

Deno.test({
  name: "LoginThrottle lets guesses from one network fill only the part that the network shares",
  permissions: "none",
}, () => {
  const throttle = new LoginThrottle({
    ...{ usersPerHost: 4, underWayPerHost: 4, letIn: 4 },
    ...{ inAll: 100, neighbourhoods: 1_024 },
  });
  for (let i = 0; i < 1_000; i++) throttle.failed("hans", `2001:db8:0:${i.toString(16)}::1`, 0);
  assertEquals(throttle.wait("hans", "2001:db8:0:ffff::1", 0), 60_000);
  assertEquals(throttle.wait("hans", "2001:db9::1", 0), 0);
  assertEquals(throttle.wait("hans", "10.0.0.1", 0), 0);
});

Deno.test({
  name: "LoginThrottle counts all addresses of an IPv6 network as one host, mapped ones as IPv4",
  permissions: "none",
}, () => {
  const throttle = new LoginThrottle();
  const guess = (address: string) => throttle.failed("hans", address, 0);
  for (let i = 0; i < 5; i++) guess(`2001:db8::${i.toString(16)}:1`);
  assertEquals(throttle.wait("hans", "2001:db8::77", 0), 2_000);
  assertEquals(throttle.wait("hans", "2001:db8:0:1::77", 0), 0);
  for (let i = 0; i < 5; i++) guess(i % 2 === 0 ? "10.0.0.1" : "::ffff:10.0.0.1");
  assertEquals(throttle.wait("hans", "10.0.0.1", 0), 2_000);
  for (let i = 1; i <= 5; i++) guess(`127.0.0.${i}`);
  assertEquals(throttle.wait("hans", "::1", 0), 2_000);
});

Deno.test({ name: "LoginThrottle forgets after a quiet hour", permissions: "none" }, () => {
  const throttle = afterFailures(20);
  throttle.failed("vader", "10.0.0.1", 3_600_000);
  assertEquals([throttle.size, throttle.wait("hans", "10.0.0.1", 0)], [2, 60_000]);
  throttle.failed("vader", "10.0.0.1", 3_600_001);
  assertEquals([throttle.size, throttle.wait("hans", "10.0.0.1", 0)], [1, 0]);
});

/** What a throttle of unlimited memory would do. */
class NaiveThrottle {
  readonly #failures = new Map<string, { count: number; until: number }>();

  wait(key: string, now: number): number {
    return Math.max(0, (this.#failures.get(key)?.until ?? 0) - now);
  }

  failed(key: string, now: number): void {
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    this.#failures.set(key, { count, until: now + WAITS[Math.min(count, 10)]! });
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }
}

const attempts = fc.array(
  fc.record({
    user: fc.nat(12).map((i) => `user${i}`),
    host: fc.nat(6).map((i) => i < 4 ? `10.0.0.${i}` : `10.${i}.0.1`),
    ms: fc.constantFrom(0, 100, 5_000),
    isRight: fc.nat(9).map((chance) => chance === 0),
    isSealed: fc.boolean(),
  }),
  { minLength: 50, maxLength: 300, size: "max" },
);

Deno.test({
  name: "LoginThrottle with little memory makes nobody wait shorter than one with unlimited memory",
  permissions: "none",
}, () => {
  fc.assert(fc.property(attempts, (attempts) => {
    const limits = { usersPerHost: 3, underWayPerHost: 2, letIn: 4, inAll: 10, neighbourhoods: 4 };
    const throttle = new LoginThrottle(limits);
    const naive = new NaiveThrottle();
    let now = 0;
    for (const { user, host, ms, isRight, isSealed } of attempts) {
      now += ms;
      const key = `${user} ${host}`;
      const wait = throttle.wait(user, host, now);
      assert(wait >= naive.wait(key, now), `${key} at ${now}`);
      assert(wait <= 60_000);
      if (wait > 0) continue;
      if (isSealed) throttle.begun(user, host, now);
      if (isRight) throttle.succeeded(user, host);
      else if (!isSealed) throttle.failed(user, host, now);
      if (isRight) naive.succeeded(key);
      else naive.failed(key, now);
      assert(throttle.size <= limits.inAll + limits.neighbourhoods);
    }
  }));
});

Deno.test({
  name: "LoginThrottle counts an attempt once, however often it is recognised again",
  permissions: "none",
}, () => {
  const throttle = afterFailures(4);
  for (let i = 0; i < 10; i++) throttle.failed("hans", "10.0.0.1", i * 100, "first");
  assertEquals(throttle.wait("hans", "10.0.0.1", 0), 2_000);
  throttle.failed("hans", "10.0.0.1", 2_000, "second");
  assertEquals(throttle.wait("hans", "10.0.0.1", 2_000), 4_000);
});

Deno.test({
  name: "LoginThrottle hears the latest attempt again at once, and no other",
  permissions: "none",
}, () => {
  const throttle = afterFailures(5);
  throttle.failed("hans", "10.0.0.1", 0, "first");
  assertEquals(throttle.wait("hans", "10.0.0.1", 0, "first"), 0);
  assertEquals(throttle.wait("hans", "10.0.0.1", 0, "second"), 4_000);
  assertEquals(throttle.wait("hans", "10.0.0.1", 0), 4_000);
  assertEquals(throttle.wait("hans", "10.0.0.2", 0, "second"), 0);
  throttle.failed("hans", "10.0.0.1", 4_000, "second");
  assertEquals(throttle.wait("hans", "10.0.0.1", 4_000, "first"), 8_000);
});

Deno.test({
  name: "LoginThrottle does not take two attempts without a mark for the same",
  permissions: "none",
}, () => {
  const throttle = afterFailures(5);
  assertEquals(throttle.wait("hans", "10.0.0.1", 0, undefined), 2_000);
  throttle.failed("hans", "10.0.0.1", 0, undefined);
  assertEquals(throttle.wait("hans", "10.0.0.1", 0, undefined), 4_000);
});
