/**
 * What is recorded of a soak with a class each second.
 *
 * @module
 */

import { quantile } from "../../../bench/rounds.ts";
import type { ClientsSample } from "./clients_process.ts";
import type { PeersSample } from "./peers_process.ts";
import type { ServerSample } from "./server_watch.ts";

/** One second. */
export interface ClassSample {
  /** Seconds since the first client joined. */
  readonly at: number;
  /** Of the server, in MiB. */
  readonly memory: number;
  /** Of the server. */
  readonly descriptors: number;
  /** Of the server, in parts of one processor. */
  readonly processor: number;
  /** Simulated clients that are logged in. */
  readonly active: number;
  /** Per second, as the log tells them: without heartbeats. */
  readonly requests: number;
  /** Milliseconds to an answer, half and 99 % of them; `NaN` if nothing was asked. */
  readonly median: number;
  readonly p99: number;
  /** Lines of the log by kind, per second. */
  readonly lines: Readonly<Record<string, number>>;
  /** Files per second. */
  readonly transfers: number;
  /** Bytes per second. */
  readonly bytes: number;
}

/** The second, or a little more or less, before `at`, in seconds; `seconds` long. */
export function classSample(
  [at, seconds]: readonly [number, number],
  server: ServerSample,
  clients: readonly ClientsSample[],
  peers: readonly PeersSample[],
): ClassSample {
  const latencies = clients.flatMap((sample) => sample.latencies);
  const lines = Object.entries(server.lines).map(([kind, count]) => [kind, count / seconds]);
  return {
    at,
    memory: server.memory,
    descriptors: server.descriptors,
    processor: server.processor / 1_000 / seconds,
    active: sum(clients.map(({ active }) => active)),
    requests: (server.lines.received ?? 0) / seconds,
    median: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    lines: Object.fromEntries(lines),
    transfers: sum(peers.map(({ transfers }) => transfers)) / seconds,
    bytes: sum(peers.map(({ bytes }) => bytes)) / seconds,
  };
}

/** The sum of `values`. */
export function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
