/**
 * The page of metrics, from what a server tells Prometheus.
 *
 * @module
 */

import { Counters } from "../../../lib/server/metrics/counters.ts";
import { FleetCounters } from "../../../lib/server/metrics/fleet_counters.ts";
import { Metrics } from "../../../lib/server/metrics/metrics.ts";
import { code, plain, table } from "./markdown_text.ts";

const NOTHING = {
  ...{ sessions: 0, users: 0, activeUsers: 0, publications: 0, downloads: 0 },
  ...{ remoteSessions: 0, dataBytes: 0, freeBytes: 0, isSaving: true, stall: 0 },
};

/** The lines of the page. */
export function metricsPage(): string[] {
  const [counters, fleet] = [new Counters(), new FleetCounters()];
  const text = new Metrics({ counters, fleet, measure: () => NOTHING, version: "" }).text();
  const types = new Map(
    text.matchAll(/^# TYPE (\S+) (\S+)$/gm).map(([, name, type]) => [name, type]),
  );
  const rows = [...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name, help]) => {
    return [code(name!), types.get(name) ?? "", plain(help!)];
  });
  return [
    "# Metrics",
    "",
    "What `/metrics` of the status page and `bittrickle-server status --metrics` tell, in the text " +
    "format of Prometheus. All labels are words of the server, so that nobody can make their number " +
    "grow. What begins with `bittrickle_fleet_` only a server of a fleet tells. [deploy/alerts.yml](../deploy/alerts.yml) has alerts for Prometheus, and " +
    "[deploy/grafana.json](../deploy/grafana.json) a dashboard for Grafana.",
    "",
    ...table(["metric", "type", "what it tells"], rows),
  ];
}
