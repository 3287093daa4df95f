import { assertEquals } from "@std/assert";
import { LoginThrottle } from "../../lib/index/login_throttle.ts";
import { REMEMBERED_FAILURES } from "../../lib/protocol/limits.ts";

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
  name: "LoginThrottle remembers 10,000 failing pairs and then forgets the one that failed first",
  permissions: "none",
}, () => {
  const throttle = afterFailures(5);
  for (let i = 1; i < REMEMBERED_FAILURES; i++) throttle.failed(`user${i}`, "10.0.0.9", 0);
  assertEquals(throttle.wait("hans", "10.0.0.1", 0), 2_000);
  throttle.failed("one too many", "10.0.0.9", 0);
  assertEquals(throttle.wait("hans", "10.0.0.1", 0), 0);
});

Deno.test({
  name: "LoginThrottle remembers a pair that fails again for longer",
  permissions: "none",
}, () => {
  const throttle = afterFailures(5);
  for (let i = 1; i < REMEMBERED_FAILURES; i++) throttle.failed(`user${i}`, "10.0.0.9", 0);
  throttle.failed("hans", "10.0.0.1", 0);
  throttle.failed("one too many", "10.0.0.9", 0);
  assertEquals(throttle.wait("hans", "10.0.0.1", 0), 4_000);
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
