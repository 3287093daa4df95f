/**
 * The status, told once a second while somebody follows it.
 *
 * @module
 */

import type { StatusSource } from "../status/status.ts";
import type { StreamEvent } from "./event_streams.ts";

/** How often the status is told, in milliseconds. */
const STATUS_MS = 1_000;

/** Tells what browsers follow. */
export class StatusFeed implements Disposable {
  readonly #source: StatusSource;
  readonly #send: (events: readonly StreamEvent[]) => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** The time of the sample that was told last. */
  #told: string | undefined;

  /** @param send Sends events to all who follow */
  constructor(source: StatusSource, send: (events: readonly StreamEvent[]) => void) {
    this.#source = source;
    this.#send = send;
  }

  /** Begins to tell, or ceases. */
  watch(isWatched: boolean): void {
    clearInterval(this.#timer);
    this.#timer = isWatched ? setInterval(() => this.#tell(), STATUS_MS) : undefined;
    this.#told = this.#source.history().at(-1)?.time;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** Where the status cannot be told, the page says by itself that it is old. */
  #tell(): void {
    try {
      this.#send(this.#events());
    } catch {
      // Nobody here can do anything about it, and the index must go on.
    }
  }

  #events(): readonly StreamEvent[] {
    const status: StreamEvent = { name: "status", data: JSON.stringify(this.#source.status()) };
    const sample = this.#source.history().at(-1);
    if (!sample || sample.time === this.#told) return [status];
    this.#told = sample.time;
    return [status, { name: "sample", data: JSON.stringify(sample) }];
  }
}
