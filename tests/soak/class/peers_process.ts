/**
 * A process of real clients. Lines of input: `sample` tells what happened since the last one, `leave`
 * makes all leave. `peers_process.ts <port> <first peer> <count> <all peers> <seed>`
 *
 * @module
 */

import { seededRandom } from "../../support/seeded.ts";
import { runClients } from "./load_process.ts";
import { type TransferObserver, TransferringPeer } from "./transferring_peer.ts";

/** What real clients did in some time. */
export interface PeersSample {
  readonly transfers: number;
  readonly bytes: number;
  /** Why downloads failed, as some do when a source is killed. */
  readonly failures: readonly string[];
  /** What was wrong. */
  readonly faults: readonly string[];
}

/** Counts what the peers of this process do. */
class Counter implements TransferObserver {
  #sizes: number[] = [];
  #failures: string[] = [];
  #faults: string[] = [];

  transferred(bytes: number): void {
    this.#sizes.push(bytes);
  }

  failed(reason: string): void {
    this.#failures.push(reason);
  }

  fault(reason: string): void {
    this.#faults.push(reason);
  }

  /** What happened since the last call. */
  take(): PeersSample {
    const bytes = this.#sizes.reduce((a, b) => a + b, 0);
    const [failures, faults] = [this.#failures, this.#faults];
    const sample = { transfers: this.#sizes.length, bytes, failures, faults };
    [this.#sizes, this.#failures, this.#faults] = [[], [], []];
    return sample;
  }
}

async function run([port, first, count, all, seed]: readonly number[]): Promise<void> {
  const index = { hostname: "127.0.0.1", port: port! };
  const counter = new Counter();
  await runClients(
    (signal) =>
      Array.from({ length: count! }, (_, i) => {
        const number = first! + i;
        const random = seededRandom(seed! + number);
        return new TransferringPeer(index, number, all!, random, counter).live(signal);
      }),
    () => counter.take(),
  );
}

if (import.meta.main) await run(Deno.args.map(Number));
