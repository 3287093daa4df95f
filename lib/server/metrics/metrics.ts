/**
 * What Prometheus is told. Labels are words of this program, never of a client: there are a few hundred
 * series, whatever anybody sends.
 *
 * @module
 */

import process from "node:process";
import type { Counters } from "./counters.ts";
import type { FleetCounters } from "./fleet_counters.ts";
import { addFleet } from "./fleet_metrics.ts";
import { MetricSet } from "./metric_set.ts";

/** What is measured when somebody asks. */
export interface Measured {
  readonly sessions: number;
  /** Disabled ones included. */
  readonly users: number;
  readonly activeUsers: number;
  readonly publications: number;
  /** Contents that somebody fetches, or has fetched lately. */
  readonly downloads: number;
  readonly dataBytes: number;
  /** Nothing if the system does not tell. */
  readonly freeBytes: number | undefined;
  /** At other servers; part of `sessions`. */
  readonly remoteSessions: number;
  /** Whether what is published can be saved. */
  readonly isSaving: boolean;
  /** Longest that the event loop was held up lately, in milliseconds. */
  readonly stall: number;
}

/** What {@linkcode Metrics} are made of. */
export interface MetricsOptions {
  readonly counters: Counters;
  /** If it is a server of a fleet. */
  readonly fleet?: FleetCounters | undefined;
  readonly measure: () => Measured;
  readonly version: string;
}

/** The metrics of a server. */
export class Metrics {
  readonly #set = new MetricSet();
  readonly #measure: () => Measured;
  #measured: Measured | undefined;

  constructor({ counters, fleet, measure, version }: MetricsOptions) {
    this.#measure = measure;
    this.#addState();
    addRequests(this.#set, counters);
    addJournal(this.#set, counters);
    if (fleet) addFleet(this.#set, fleet, () => this.#measured!.remoteSessions);
    addProcess(this.#set, version);
  }

  /** All of them in Prometheus' text format, as they are now. */
  text(): string {
    this.#measured = this.#measure();
    return this.#set.text();
  }

  #addState(): void {
    const gauge = (name: string, help: string, read: (it: Measured) => number | undefined) => {
      this.#set.gauge(`bittrickle_${name}`, help, () => read(this.#measured!));
    };
    gauge("sessions", "Active sessions.", (it) => it.sessions);
    gauge("users", "Users there are, be they disabled or not.", (it) => it.users);
    gauge("active_users", "Users with an active session.", (it) => it.activeUsers);
    gauge("publications", "Publications in the catalogue.", (it) => it.publications);
    const fetched = "Contents that somebody fetches, or has fetched in the last hour.";
    gauge("downloads", fetched, (it) => it.downloads);
    gauge("data_size_bytes", "Size of the data file and its log.", (it) => it.dataBytes);
    gauge("data_free_bytes", "Room on the disk of the data file.", (it) => it.freeBytes);
    gauge("journal_up", "Whether what is published can be saved.", (it) => Number(it.isSaving));
    const loop = "Longest that the event loop was held up in the last 10 to 20 seconds.";
    gauge("event_loop_delay_seconds", loop, (it) => it.stall / 1_000);
  }
}

function addRequests(set: MetricSet, { verbs, loginFaults, drops }: Counters): void {
  const answered = "Requests that were answered, heartbeats included.";
  set.totals("bittrickle_requests_total", answered, () => {
    return verbs.entries().flatMap(([verb, { codes }]) => {
      return codes.entries().map(([code, count]) => [{ verb, code }, count] as const);
    });
  });
  const duration = "From a request to its answer.";
  set.durations("bittrickle_request_duration_seconds", duration, () => {
    return verbs.entries().map(([verb, { durations }]) => [{ verb }, durations] as const);
  });
  const refused = "Logins that were refused, or whose password was not proven.";
  addReasons(set, "bittrickle_logins_refused_total", refused, loginFaults);
  addReasons(set, "bittrickle_datagrams_dropped_total", "Datagrams that were not run.", drops);
}

function addReasons(
  set: MetricSet,
  name: string,
  help: string,
  counts: ReadonlyMap<string, number>,
): void {
  set.totals(name, help, () => {
    return counts.entries().map(([reason, count]) => [{ reason }, count] as const);
  });
}

function addJournal(set: MetricSet, counters: Counters): void {
  const durations = "How long commits of the journal took.";
  set.durations("bittrickle_journal_commit_duration_seconds", durations, () => {
    return [[{}, counters.commits]];
  });
  const saved = "Publications and withdrawals that were saved.";
  set.total("bittrickle_journal_events_total", saved, () => counters.committed);
  const failed = "Commits of the journal that failed.";
  set.total("bittrickle_journal_failed_commits_total", failed, () => counters.uncommitted);
  const stalls = "Pauses of this program after which its socket may have dropped datagrams.";
  set.total("bittrickle_receive_stalls_total", stalls, () => counters.stalls);
}

/** What all programs have, by the names that Prometheus gives them, and which program this is. */
function addProcess(set: MetricSet, version: string): void {
  set.gauges("bittrickle_build_info", "What runs; always 1.", () => {
    return [[{ version, deno: Deno.version.deno }, 1]];
  });
  set.gauge("process_start_time_seconds", "When it began, in seconds since 1970.", () => {
    return performance.timeOrigin / 1_000;
  });
  const { memoryUsage } = Deno;
  set.gauge("process_resident_memory_bytes", "Memory in use.", () => memoryUsage().rss);
  set.gauge("process_heap_bytes", "Size of the heap.", () => memoryUsage().heapTotal);
  set.total("process_cpu_seconds_total", "Processor time.", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000_000;
  });
}
