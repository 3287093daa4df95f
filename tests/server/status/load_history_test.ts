import { assertEquals } from "@std/assert";
import { Counters, type RequestTotals } from "../../../lib/server/metrics/counters.ts";
import { LoadHistory, type LoadReading } from "../../../lib/server/status/load_history.ts";
import { HANS } from "../../support/users.ts";

const PURE = { permissions: "none" } as const;

/** Counters that are read while they count. */
class Server {
  now = 0;
  readonly counters = new Counters(() => this.now);

  /** Answers `count` requests in `ms` each. */
  answer(count: number, ms: number, kind: "answered" | "failed" = "answered"): void {
    const since = this.now - ms;
    for (let i = 0; i < count; i++) {
      this.counters.hear({ kind, from: HANS, verb: "get", user: "hans", code: 200, since });
    }
  }

  read(time: number, stall = 0): LoadReading {
    const totals: RequestTotals = this.counters.totals();
    return { time, totals, stall, sessions: 3 };
  }
}

Deno.test({ name: "a sample tells what there was to do in its time", ...PURE }, () => {
  const server = new Server();
  server.answer(7, 1);
  const history = new LoadHistory(server.read(0));
  server.answer(98, 0.04);
  server.answer(2, 900, "failed");
  history.take(server.read(10_000, 42));
  assertEquals(history.samples, [{
    time: "1970-01-01T00:00:10.000Z",
    seconds: 10,
    requests: 100,
    failures: 2,
    dropped: 0,
    p50: 0.05 * 50 / 98,
    p99: 750,
    stall: 42,
    sessions: 3,
  }]);
});

Deno.test({ name: "an hour is kept, the oldest sample first", ...PURE }, () => {
  const server = new Server();
  const history = new LoadHistory(server.read(0));
  for (let i = 1; i <= 400; i++) history.take(server.read(i * 10_000));
  assertEquals(history.samples.length, 360);
  assertEquals(history.samples[0]!.time, new Date(410_000).toISOString());
});

Deno.test({ name: "what is told of now reaches back a whole sample", ...PURE }, () => {
  const server = new Server();
  const history = new LoadHistory(server.read(0));
  server.answer(5, 1);
  assertEquals(history.upTo(server.read(3_000)).requests, 5);
  history.take(server.read(10_000, 80));
  server.answer(1, 1);
  const now = history.upTo(server.read(13_000, 9));
  assertEquals([now.seconds, now.requests, now.stall], [13, 6, 80]);
  history.take(server.read(20_000, 9));
  assertEquals(history.upTo(server.read(21_000)).requests, 1);
});
