/**
 * What Prometheus is told of a server of a fleet.
 *
 * @module
 */

import type { FleetCounters } from "./fleet_counters.ts";
import type { MetricSet } from "./metric_set.ts";

/** Adds the metrics of a fleet to `set`. Sessions at other servers are measured when somebody asks. */
export function addFleet(
  set: MetricSet,
  counters: FleetCounters,
  remoteSessions: () => number,
): void {
  const name = (end: string) => `bittrickle_fleet_${end}`;
  const place =
    "Whether this server has its place in the fleet: cut off, it has no sessions of its own.";
  set.gauge(name("up"), place, () => Number(counters.cutOff === undefined));
  const watched = "Whether this server is told of what the others do: not while it is cut off.";
  set.gauge(name("watch_up"), watched, () => Number(counters.isTold));
  const nodes = "Nodes of etcd that this server was told of.";
  set.gauge(name("nodes"), nodes, () => counters.nodes?.total);
  const reached = "Those of them that it has reached in the last 10 seconds.";
  set.gauge(name("nodes_reached"), reached, () => counters.nodes?.reached);
  const remotes = "Sessions at the other servers of the fleet.";
  set.gauge(name("remote_sessions"), remotes, remoteSessions);
  const lost = "Times that this server was cut off from the fleet.";
  set.total(name("places_lost_total"), lost, () => counters.placesLost);
  const faults = "Times that the watch of etcd broke off.";
  set.total(name("watch_faults_total"), faults, () => counters.watchFaults);
  const reloads = "Times that all of etcd was read again, as it had forgotten what was between.";
  set.total(name("watch_reloads_total"), reloads, () => counters.reloads);
  const odd = "Values in etcd that do not open with the cluster key.";
  set.total(name("unreadable_values_total"), odd, () => counters.unreadable);
  const delay = "From when a change was kept to when it was told here.";
  set.durations(name("watch_delay_seconds"), delay, () => [[{}, counters.watchDelays]]);
}
