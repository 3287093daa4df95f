/**
 * What Prometheus is told, as its own linter sees it.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Counters } from "../../../lib/server/metrics/counters.ts";
import { FleetCounters } from "../../../lib/server/metrics/fleet_counters.ts";
import { type Measured, Metrics } from "../../../lib/server/metrics/metrics.ts";
import { HAS_PROMTOOL, promtool } from "../../support/promtool.ts";
import { HANS } from "../../support/users.ts";

const MEASURED: Measured = {
  sessions: 4,
  remoteSessions: 3,
  users: 30,
  activeUsers: 3,
  publications: 1_000,
  downloads: 2,
  dataBytes: 4_096,
  freeBytes: undefined,
  isSaving: false,
  stall: 250,
};

/** Counters that have something of everything. */
function usedCounters(): Counters {
  const counters = new Counters(() => 3);
  const request = { from: HANS, verb: "login", user: 'evil"\n', since: 0 } as const;
  counters.hear({ kind: "answered", ...request, code: 200 });
  counters.hear({ kind: "failed", ...request, code: 401, reason: 'evil"\n' });
  counters.hear({ kind: "dropped", from: HANS, why: "not authentic" });
  counters.hearCommit(5, 20, true);
  counters.stalls++;
  return counters;
}

function textOf(counters: Counters, fleet?: FleetCounters): string {
  return new Metrics({ counters, fleet, measure: () => MEASURED, version: "1" }).text();
}

Deno.test("what is counted and measured is told", () => {
  const text = textOf(usedCounters());
  for (
    const line of [
      "bittrickle_sessions 4",
      "bittrickle_journal_up 0",
      "bittrickle_event_loop_delay_seconds 0.25",
      'bittrickle_requests_total{verb="login",code="200"} 1',
      'bittrickle_request_duration_seconds_bucket{verb="login",le="0.002"} 0',
      'bittrickle_request_duration_seconds_bucket{verb="login",le="0.005"} 2',
      'bittrickle_request_duration_seconds_bucket{verb="login",le="+Inf"} 2',
      'bittrickle_request_duration_seconds_sum{verb="login"} 0.006',
      'bittrickle_request_duration_seconds_count{verb="login"} 2',
      'bittrickle_logins_refused_total{reason="password"} 1',
      'bittrickle_datagrams_dropped_total{reason="not authentic"} 1',
      'bittrickle_journal_commit_duration_seconds_bucket{le="0.02"} 1',
      "bittrickle_journal_events_total 5",
      "bittrickle_receive_stalls_total 1",
    ]
  ) assertStringIncludes(text, `\n${line}\n`);
  assert(!text.includes("\nbittrickle_data_free_bytes"), "nobody knows that");
  assert(!text.includes("evil"), "a label holds a text of a client");
});

Deno.test("a server of a fleet tells how it fares there", () => {
  const fleet = new FleetCounters();
  fleet.watchDelays.add(3);
  fleet.hearLost("etcd does not answer");
  assert(
    !fleet.isTold,
    "a server that is cut off is told nothing, also before the watch breaks off",
  );
  fleet.hearWatchFault();
  fleet.reloads++;
  assert(!textOf(usedCounters(), fleet).includes("\nbittrickle_fleet_nodes"), "not known yet");
  fleet.nodes = { total: 3, reached: 2 };
  const text = textOf(usedCounters(), fleet);
  for (
    const line of [
      "up 0",
      "watch_up 0",
      "nodes 3",
      "nodes_reached 2",
      "remote_sessions 3",
      "places_lost_total 1",
      "watch_faults_total 1",
      "watch_reloads_total 1",
      "unreadable_values_total 0",
      'watch_delay_seconds_bucket{le="0.002"} 0',
      'watch_delay_seconds_bucket{le="0.005"} 1',
      "watch_delay_seconds_sum 0.003",
    ]
  ) assertStringIncludes(text, `\nbittrickle_fleet_${line}\n`);
  fleet.hearTaken();
  fleet.hearWatchRecovery();
  const after = textOf(usedCounters(), fleet);
  assertStringIncludes(after, "\nbittrickle_fleet_up 1\n");
  assertStringIncludes(after, "\nbittrickle_fleet_watch_up 1\n");
  assert(!textOf(usedCounters()).includes("_fleet_"), "a single server has none");
});

Deno.test("what is told twice is not counted twice", () => {
  const counters = usedCounters();
  const metrics = new Metrics({ counters, measure: () => MEASURED, version: "1" });
  const lines = () => {
    return metrics.text().split("\n").filter((line) => line.startsWith("bittrickle_"));
  };
  assertEquals(lines(), lines());
});

Deno.test("promtool finds nothing to say", { ignore: !HAS_PROMTOOL }, async () => {
  assertEquals(await promtool(["check", "metrics"], textOf(usedCounters())), "");
  assertEquals(
    await promtool(["check", "metrics"], textOf(new Counters(), new FleetCounters())),
    "",
  );
});
