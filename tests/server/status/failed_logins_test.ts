import { assertEquals } from "@std/assert";
import { FailedLogins } from "../../../lib/server/status/failed_logins.ts";
import { HANS } from "../../support/users.ts";

const PURE = { permissions: "none" } as const;

Deno.test({ name: "the latest comes first, and the oldest is forgotten", ...PURE }, () => {
  const logins = new FailedLogins();
  for (let i = 0; i < 450; i++) logins.hear({ kind: "unproven", from: HANS, user: `user-${i}` });
  const { total, rows } = logins.latest(1_000);
  assertEquals([total, rows.length], [450, 200]);
  assertEquals([rows[0]!.user, rows[199]!.user], ["user-449", "user-250"]);
  assertEquals(logins.latest(2).rows.map(({ user }) => user), ["user-449", "user-448"]);
});

Deno.test({ name: "only logins that failed count, with their reasons", ...PURE }, () => {
  const logins = new FailedLogins();
  const request = { from: HANS, user: "hans", since: 0 } as const;
  logins.hear({ kind: "answered", verb: "login", code: 200, ...request });
  logins.hear({ kind: "failed", verb: "get", code: 404, ...request });
  logins.hear({ kind: "failed", verb: "login", code: 403, reason: "disabled", ...request });
  logins.hear({ kind: "failed", verb: "login", code: 401, ...request });
  const reasons = logins.latest(9).rows.map(({ reason, host }) => `${host}: ${reason}`);
  assertEquals(reasons, ["127.0.0.1: refused, 401", "127.0.0.1: disabled"]);
});
