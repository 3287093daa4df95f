/**
 * The requests of one fetcher that are in flight.
 *
 * @module
 */

import type { FetcherState, PieceRequest } from "./piece_request.ts";

/**
 * Most pieces that are asked for on one connection at once: while one is verified and written, the
 * next one comes. A crash costs as many.
 */
export const PIECES_IN_FLIGHT = 2;

/**
 * Only a connection that brought its last piece in less time has several in flight, in milliseconds.
 * A slower one would gain nothing: it is idle between pieces for a small part of the time, and what
 * it holds reserved others could bring sooner.
 */
export const QUICK_PIECE_MS = 250;

/** Of several states at once, that of the fetcher is the first one here. */
const STATES: readonly FetcherState[] = ["telling", "working", "queued", "asking", "idle"];

/** Requests, and what becomes of them. */
export class RequestsInFlight {
  readonly #runs = new Map<PieceRequest, Promise<void>>();

  /** How many there are. */
  get size(): number {
    return this.#runs.size;
  }

  /** All of them. */
  get all(): Iterable<PieceRequest> {
    return this.#runs.keys();
  }

  /** What they wait for, if there are any. */
  get state(): FetcherState | undefined {
    const states = this.#runs.keys().map(({ state }) => state).toArray();
    return STATES.find((state) => states.includes(state));
  }

  /** Takes in a request, whose work `run` is; it may not fail. `onEnd` hears of its end. */
  add(request: PieceRequest, run: Promise<void>, onEnd: () => void): void {
    const ending = run.then(() => {
      this.#runs.delete(request);
      onEnd();
    });
    this.#runs.set(request, ending);
  }

  /** Comes to an end when all have ended. */
  async settle(): Promise<void> {
    await Promise.all(this.#runs.values());
  }
}
