import { assertEquals } from "@std/assert";
import { Counters } from "../../../lib/server/metrics/counters.ts";
import type { ReplyEvent } from "../../../lib/index/service/service_event.ts";
import { HANS } from "../../support/users.ts";

const PURE = { permissions: "none" } as const;

function reply(change: Partial<ReplyEvent> = {}): ReplyEvent {
  return {
    kind: "answered",
    from: HANS,
    verb: "get",
    user: "hans",
    code: 200,
    since: 0,
    ...change,
  };
}

Deno.test(
  { name: "requests are counted by verb and code, with how long they took", ...PURE },
  () => {
    let now = 0.3;
    const counters = new Counters(() => now);
    counters.hear({ kind: "received", from: HANS, verb: "get", user: "hans" });
    counters.hear(reply());
    now = 7;
    counters.hear(reply({ kind: "failed", code: 404 }));
    counters.hear(reply({ verb: "heartbeat" }));
    const { codes, failures, durations } = counters.verbs.get("get")!;
    assertEquals([Object.fromEntries(codes), failures, durations.sum], [
      { 200: 1, 404: 1 },
      1,
      7.3,
    ]);
    const totals = counters.totals();
    assertEquals([totals.requests, totals.failures, totals.dropped], [3, 1, 0]);
  },
);

Deno.test(
  { name: "logins that fail are counted by why, datagrams that are dropped, too", ...PURE },
  () => {
    const counters = new Counters(() => 0);
    const login = { kind: "failed", verb: "login" } as const;
    for (const code of [401, 403, 409, 429, 500]) counters.hear(reply({ ...login, code }));
    counters.hear({ kind: "unproven", from: HANS, user: "hans" });
    counters.hear({ kind: "malformed", from: HANS, reason: "hello" });
    for (const why of ["malformed", "repeated", "malformed"] as const) {
      counters.hear({ kind: "dropped", from: HANS, why });
    }
    assertEquals(Object.fromEntries(counters.loginFaults), {
      "password": 2,
      "forbidden": 1,
      "too many sessions": 1,
      "throttled": 1,
      "other": 1,
    });
    assertEquals([...counters.drops].filter(([, count]) => count > 0), [
      ["malformed", 2],
      ["repeated", 1],
    ]);
    assertEquals(counters.totals().dropped, 3);
  },
);

Deno.test({ name: "commits are counted, those that failed by themselves", ...PURE }, () => {
  const counters = new Counters(() => 0);
  counters.hearCommit(3, 2, true);
  counters.hearCommit(9, 1, false);
  assertEquals([counters.committed, counters.uncommitted, counters.commits.sum], [3, 1, 3]);
});
