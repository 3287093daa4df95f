/**
 * What one round of requests brings.
 *
 * @module
 */

/** What the load tells. */
export interface Round {
  /** Answers a second; where there are none, the most requests a second of which none is lost. */
  readonly perSecond: number;
  /** Microseconds from when a request was due to its answer, at half of that rate. */
  readonly p50: number;
  readonly p99: number;
  readonly lost: number;
  /** Processor time that the server spent on one request, all its threads, in microseconds. */
  readonly cpuMicros: number;
  /** Processor time of the server as a share of one core, all its threads. */
  readonly cpuShare: number;
  /** Share of the round in which the server's main thread ran or waited for a core. */
  readonly busyShare: number;
  /** Logins a second before the round, one after the other. */
  readonly logins: number;
  /** The same with no server and no network: OPAQUE alone. */
  readonly bareLogins?: number;
}
