import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import type { RawAnswer } from "../../support/raw_http.ts";
import { PASSWORD, TestSite, VERIFIER } from "../../support/test_site.ts";

/** Asks with what a browser has after a login. */
async function logIn(site: TestSite, fields: Record<string, string> = {}) {
  const body = JSON.stringify({ password: PASSWORD });
  const answer = await site.ask({ method: "POST", path: "/api/login", body, fields });
  assertEquals(answer.status, 200, answer.text);
  const cookie = (answer.fields.get("set-cookie") ?? "").split(";", 1)[0]!;
  return { answer, cookie, csrf: JSON.parse(answer.text).csrf as string };
}

function post(
  site: TestSite,
  path: string,
  value: unknown,
  fields: Record<string, string> = {},
): Promise<RawAnswer> {
  return site.ask({ method: "POST", path, body: JSON.stringify(value), fields });
}

Deno.test("an administrator invites, disables, enables and removes", async () => {
  await using site = new TestSite();
  const { cookie, csrf } = await logIn(site);
  const own = { Cookie: cookie, "X-CSRF-Token": csrf };
  const invited = await post(site, "/api/users/invite", { user: "yoda", seconds: 3_600 }, own);
  assertStringIncludes(JSON.parse(invited.text).line, "bittrickle://yoda@");
  for (const change of ["disable", "enable", "remove"]) {
    assertEquals((await post(site, `/api/users/${change}`, { user: "leia" }, own)).status, 200);
  }
  assertEquals(site.status.done, [
    "invite yoda 3600",
    "disable leia",
    "enable leia",
    "remove leia",
  ]);
  assertEquals(site.actions.map(({ action, user }) => `${action} ${user ?? ""}`), [
    "login ",
    "invite yoda",
    "disable leia",
    "enable leia",
    "remove leia",
  ]);
  assert(site.actions.every(({ from }) => from.hostname === "127.0.0.1"));
  const users = await site.ask({ path: "/api/users", fields: { Cookie: cookie } });
  assert(!users.text.includes('"leia"'));
});

Deno.test("what is refused says why", async () => {
  await using site = new TestSite();
  const { cookie, csrf } = await logIn(site);
  const own = { Cookie: cookie, "X-CSRF-Token": csrf };
  const there = await post(site, "/api/users/invite", { user: "leia", seconds: 60 }, own);
  assertEquals([there.status, JSON.parse(there.text).code], [409, "exists"]);
  assertEquals((await post(site, "/api/users/remove", { user: "nobody" }, own)).status, 404);
  for (const seconds of [0, -1, 1.5, 1e12, "60", null, undefined]) {
    assertEquals((await post(site, "/api/users/invite", { user: "a", seconds }, own)).status, 400);
  }
  for (const value of [[], null, 1, "x", {}, { user: 1 }]) {
    assertEquals((await post(site, "/api/users/disable", value, own)).status, 400);
  }
  assertEquals(site.status.done, []);
});

Deno.test("an administrator sees who is invited, and revokes it", async () => {
  await using site = new TestSite();
  const { cookie, csrf } = await logIn(site);
  const own = { Cookie: cookie, "X-CSRF-Token": csrf };
  await post(site, "/api/users/invite", { user: "yoda", seconds: 3_600 }, own);
  const invited = async () => {
    return JSON.parse((await site.ask({ path: "/api/invitations", fields: own })).text);
  };
  assertEquals(await invited(), [{ user: "yoda", expires: "2026-03-02T10:00:00.000Z" }]);
  const revoke = () => post(site, "/api/invitations/revoke", { user: "yoda" }, own);
  assertEquals([(await revoke()).status, await invited()], [200, []]);
  assertEquals((await revoke()).status, 404);
  assertEquals(site.actions.map(({ action }) => action), ["login", "invite", "revoke"]);
});

Deno.test("without a session nobody changes or lists users", async () => {
  await using site = new TestSite();
  for (const change of ["invite", "disable", "enable", "remove"]) {
    const { status } = await post(site, `/api/users/${change}`, { user: "leia", seconds: 60 });
    assertEquals(status, 401);
  }
  for (const path of ["/api/users", "/api/invitations"]) {
    assertEquals((await site.ask({ path })).status, 401);
  }
  assertEquals((await post(site, "/api/invitations/revoke", { user: "leia" })).status, 401);
  const made = { Cookie: "bittrickle_admin=AAAA" };
  assertEquals((await site.ask({ path: "/api/users", fields: made })).status, 401);
  assertEquals(site.status.done, []);
});

Deno.test("a session without its token changes nothing", async () => {
  await using site = new TestSite();
  const { cookie, csrf } = await logIn(site);
  for (const token of ["", "x", csrf.slice(1), `${csrf}x`]) {
    const fields = { Cookie: cookie, "X-CSRF-Token": token };
    assertEquals((await post(site, "/api/users/remove", { user: "leia" }, fields)).status, 403);
    assertEquals((await post(site, "/api/logout", {}, fields)).status, 403);
  }
  assertEquals(site.status.done, []);
});

Deno.test("the token of another session is none", async () => {
  await using site = new TestSite();
  const [one, other] = [await logIn(site), await logIn(site)];
  const fields = { Cookie: one.cookie, "X-CSRF-Token": other.csrf };
  assertEquals((await post(site, "/api/users/remove", { user: "leia" }, fields)).status, 403);
});

for (
  const fields of [
    { Origin: "http://evil.example" },
    { Origin: "null" },
    { Origin: "" },
    { Origin: "http://127.0.0.1:1" },
    { Origin: "https://127.0.0.1" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
  ]
) {
  Deno.test(`a request of another site has no effect: ${JSON.stringify(fields)}`, async () => {
    await using site = new TestSite();
    const { cookie, csrf } = await logIn(site);
    const own = { Cookie: cookie, "X-CSRF-Token": csrf, ...fields };
    assertEquals((await post(site, "/api/users/remove", { user: "leia" }, own)).status, 403);
    assertEquals((await post(site, "/api/login", { password: PASSWORD }, own)).status, 403);
    assertEquals(site.status.done, []);
  });
}

for (const type of ["text/plain", "application/x-www-form-urlencoded", ""]) {
  Deno.test(`a form of type "${type}" is no request`, async () => {
    await using site = new TestSite();
    const fields = { "Content-Type": type };
    assertEquals((await post(site, "/api/login", { password: PASSWORD }, fields)).status, 415);
  });
}

Deno.test("a session has a name of its own at each login", async () => {
  await using site = new TestSite();
  const chosen = { Cookie: "bittrickle_admin=chosen-by-somebody-else" };
  const first = await logIn(site, chosen);
  assert(!first.cookie.includes("chosen"));
  const second = await logIn(site, { Cookie: first.cookie });
  assertNotEquals(second.cookie, first.cookie);
  const fields = { Cookie: first.cookie };
  assertEquals((await site.ask({ path: "/api/users", fields })).status, 401);
  const text = first.answer.fields.get("set-cookie") ?? "";
  assertStringIncludes(text, "; Path=/; HttpOnly; SameSite=Strict");
  assertEquals(first.cookie.split("=")[1]!.length, 43);
});

Deno.test("whoever has logged out is out", async () => {
  await using site = new TestSite();
  const { cookie, csrf } = await logIn(site);
  const own = { Cookie: cookie, "X-CSRF-Token": csrf };
  const out = await post(site, "/api/logout", {}, own);
  assertStringIncludes(out.fields.get("set-cookie") ?? "", "Max-Age=0");
  assertEquals((await site.ask({ path: "/api/users", fields: own })).status, 401);
});

Deno.test("a new password ends the sessions of the old one", async () => {
  let verifier = VERIFIER;
  await using site = new TestSite({ verifier: () => verifier });
  const { cookie } = await logIn(site);
  verifier = VERIFIER.replace("AAAA", "BBBB");
  assertEquals((await site.ask({ path: "/api/users", fields: { Cookie: cookie } })).status, 401);
});

Deno.test("guessing slows down, with more than one guess at once too", async () => {
  let now = 0;
  await using site = new TestSite({ clock: () => now });
  const guesses = await Promise.all(Array.from({ length: 12 }, (_, i) => {
    return post(site, "/api/login", { password: `guess ${i}` });
  }));
  const statuses = guesses.map(({ status }) => status).sort();
  assertEquals(statuses, [...Array(5).fill(403), ...Array(7).fill(429)]);
  const late = await post(site, "/api/login", { password: PASSWORD });
  assertEquals(late.status, 429);
  assert(Number(late.fields.get("retry-after")) >= 1);
  assertEquals(site.actions.filter(({ action }) => action === "login failed").length, 5);
  now += 1_000 * Number(late.fields.get("retry-after"));
  assertEquals((await post(site, "/api/login", { password: PASSWORD })).status, 200);
});

Deno.test("a browser that is left open is logged out", async () => {
  let now = 0;
  await using site = new TestSite({ clock: () => now });
  const fields = { Cookie: (await logIn(site)).cookie };
  now += 29 * 60_000;
  assertEquals((await site.ask({ path: "/api/users", fields })).status, 200);
  now += 31 * 60_000;
  assertEquals((await site.ask({ path: "/api/users", fields })).status, 401);
});

Deno.test("any input takes the work of a right password", async () => {
  const times: Record<string, number> = {};
  const cases: [string, string, () => string | undefined][] = [
    ["right", PASSWORD, () => VERIFIER],
    ["wrong", "wrong", () => VERIFIER],
    ["empty", "", () => VERIFIER],
    ["long", "x".repeat(3_000), () => VERIFIER],
    ["no administrator", PASSWORD, () => undefined],
  ];
  for (const [name, password, verifier] of cases) {
    await using site = new TestSite({ verifier, isCostly: true });
    const rounds: number[] = [];
    for (let i = 0; i < 2; i++) {
      const since = performance.now();
      await post(site, "/api/login", { password });
      rounds.push(performance.now() - since);
    }
    times[name] = Math.min(...rounds);
  }
  // The machine may be busy; what would not compute takes a hundredth.
  for (const [name, ms] of Object.entries(times)) {
    assert(ms > times.right! / 10, `${name}: ${ms} ms, right: ${times.right} ms`);
  }
});

Deno.test("without an administrator nobody gets in, by no password", async () => {
  await using site = new TestSite({ verifier: () => undefined, isCostly: true });
  for (const password of [PASSWORD, "", "\0"]) {
    const { status, text } = await post(site, "/api/login", { password });
    assertEquals(status, 403);
    assertStringIncludes(text, "bittrickle-server admin passwd");
  }
  const session = JSON.parse((await site.ask({ path: "/api/session" })).text);
  assertEquals(session, { v: 1, type: "session", isConfigured: false });
});
