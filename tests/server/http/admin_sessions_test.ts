import { assert, assertEquals } from "@std/assert";
import { AdminSessions, IDLE_MS, SESSION_MS } from "../../../lib/server/http/admin_sessions.ts";
import { LoginGate } from "../../../lib/server/http/login_gate.ts";

Deno.test("a session ends when it is idle", () => {
  const sessions = new AdminSessions();
  const { id, csrf } = sessions.begin("v", 0);
  assertEquals(sessions.csrfOf(id, "v", IDLE_MS), csrf);
  assertEquals(sessions.csrfOf(id, "v", 2 * IDLE_MS), csrf);
  assertEquals(sessions.csrfOf(id, "v", 3 * IDLE_MS + 1), undefined);
  assertEquals(sessions.csrfOf(id, "v", 3 * IDLE_MS), undefined);
});

Deno.test("a session ends after a day's work, however busy", () => {
  const sessions = new AdminSessions();
  const { id, csrf } = sessions.begin("v", 0);
  for (let now = 0; now <= SESSION_MS; now += IDLE_MS) {
    assertEquals(sessions.csrfOf(id, "v", now), csrf);
  }
  assertEquals(sessions.csrfOf(id, "v", SESSION_MS + 1), undefined);
});

Deno.test("a flood from elsewhere does not keep out who sits at the server", async () => {
  const gate = new LoginGate(0);
  const wrong = () => Promise.resolve(false);
  const attempts = Array.from({ length: 5_000 }, (_, i) => {
    return gate.attempt(`10.${i >> 8 & 255}.${i & 255}.1`, 0, wrong);
  });
  const right = await gate.attempt("127.0.0.1", 0, () => Promise.resolve(true));
  assertEquals(right, "right");
  const heard = (await Promise.all(attempts)).filter((it) => typeof it === "string").length;
  assert(heard <= 5, `${heard} attempts were computed`);
});

Deno.test("attempts are computed one at a time", async () => {
  const gate = new LoginGate(0);
  let running = 0;
  let most = 0;
  const check = async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    return false;
  };
  await Promise.all(["127.0.0.1", "10.0.0.1", "10.0.0.2"].map((host) => {
    return gate.attempt(host, 0, check);
  }));
  assertEquals(most, 1);
});
