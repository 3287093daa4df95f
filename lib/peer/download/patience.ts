/**
 * How long a download goes on while no piece comes: it depends on why. Pure.
 *
 * @module
 */

import {
  QUEUE_PATIENCE_MS,
  QUEUED_MS,
  SENDING_PATIENCE_MS,
  SOURCES_PATIENCE_MS,
} from "../../protocol/download_limits.ts";

/**
 * Why no piece comes: the index does not answer (`index`), it knows nobody who is there (`nobody`),
 * sources that are there send nothing (`sources`), keep the download in their queues (`queue`), or
 * send, but have not sent a piece yet (`moving`).
 */
export type Lull = "index" | "nobody" | "sources" | "queue" | "moving";

/** How long each may last by itself, in milliseconds. */
const LONGEST: Readonly<Record<Lull, number>> = {
  index: Infinity,
  nobody: Infinity,
  sources: SOURCES_PATIENCE_MS,
  queue: QUEUE_PATIENCE_MS,
  moving: SENDING_PATIENCE_MS,
};

/** How long a download waits, in milliseconds. */
export interface PatienceOptions {
  /** In all, but for what is on its way. */
  readonly patienceMs: number;
  /** The same while the index answers. @default {patienceMs} */
  readonly sourcePatienceMs?: number | undefined;
}

/** What is left of the patience of one download. */
export class Patience {
  readonly #patienceMs: number;
  readonly #sourcePatienceMs: number;
  readonly #spent: Record<Lull, number> = { index: 0, nobody: 0, sources: 0, queue: 0, moving: 0 };
  /** Places in queues, the lowest since the last piece. */
  readonly #places = new Map<string, number>();
  /** Spent with sources since the last piece, however often they moved on. */
  #withSources = 0;

  constructor({ patienceMs, sourcePatienceMs = patienceMs }: PatienceOptions) {
    this.#patienceMs = patienceMs;
    this.#sourcePatienceMs = sourcePatienceMs;
  }

  /** Takes in that a piece has come. */
  renew(): void {
    this.#spent.moving = 0;
    this.#withSources = 0;
    this.#places.clear();
    this.#relax();
  }

  /** Takes in a place in the queue of the source `id`: one that is further in front is worth waiting for. */
  queue(id: string, place: number): void {
    if (place >= (this.#places.get(id) ?? Infinity)) return;
    this.#places.set(id, place);
    this.#relax();
  }

  /** Takes in that `ms` milliseconds have passed so. */
  spend(lull: Lull, ms: number): void {
    this.#spent[lull] += ms;
    if (lull !== "index" && lull !== "nobody") this.#withSources += ms;
  }

  /** Whether there is none left. */
  get isOver(): boolean {
    const { index, nobody, sources, queue } = this.#spent;
    const answered = nobody + sources + queue;
    const isLong = Object.entries(LONGEST).some(([lull, ms]) => this.#spent[lull as Lull] >= ms);
    return isLong || answered >= this.#sourcePatienceMs || index + answered >= this.#patienceMs ||
      this.#withSources >= QUEUED_MS;
  }

  #relax(): void {
    for (const lull of ["index", "nobody", "sources", "queue"] as const) this.#spent[lull] = 0;
  }
}
