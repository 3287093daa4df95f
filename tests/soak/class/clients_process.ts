/**
 * A process of simulated clients. Lines of input: `sample` tells what happened since the last one,
 * `leave` makes all leave. `clients_process.ts <port> <first client> <count> <seed>`
 *
 * @module
 */

import { seededRandom } from "../../support/seeded.ts";
import { runClients } from "./load_process.ts";
import { type ClientObserver, SimulatedClient } from "./simulated_client.ts";

/** What clients did in some time. */
export interface ClientsSample {
  readonly active: number;
  readonly joined: number;
  readonly left: number;
  readonly vanished: number;
  /** Of requests with one answer, in milliseconds. */
  readonly latencies: readonly number[];
  /** What was wrong. */
  readonly faults: readonly string[];
}

/** The name of the simulated client `number`. */
export function clientUser(number: number): string {
  return `pupil${number}`;
}

/** Counts what the clients of this process do. */
class Counter implements ClientObserver {
  #active = 0;
  #counts = { joined: 0, left: 0, vanished: 0 };
  #latencies: number[] = [];
  #faults: string[] = [];

  joined(): void {
    this.#active++;
    this.#counts.joined++;
  }

  left(how: "left" | "vanished"): void {
    this.#active--;
    this.#counts[how]++;
  }

  answered(ms: number): void {
    this.#latencies.push(Math.round(ms * 100) / 100);
  }

  fault(reason: string): void {
    this.#faults.push(reason);
  }

  /** What happened since the last call. */
  take(): ClientsSample {
    const [latencies, faults] = [this.#latencies, this.#faults];
    const sample = { active: this.#active, ...this.#counts, latencies, faults };
    this.#counts = { joined: 0, left: 0, vanished: 0 };
    [this.#latencies, this.#faults] = [[], []];
    return sample;
  }
}

async function run([port, first, count, seed]: readonly number[]): Promise<void> {
  const index = { hostname: "127.0.0.1", port: port! };
  const counter = new Counter();
  await runClients(
    (signal) =>
      Array.from({ length: count! }, (_, i) => {
        const number = first! + i;
        const random = seededRandom(seed! + number);
        return new SimulatedClient(index, clientUser(number), random, counter).live(signal);
      }),
    () => counter.take(),
  );
}

if (import.meta.main) await run(Deno.args.map(Number));
