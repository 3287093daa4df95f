/**
 * The requests of a download in a swarm that are out, and whether there may be more. Pure: time comes
 * in as an argument, in milliseconds of a steady clock.
 *
 * @module
 */

/**
 * Pieces asked for at once: enough to use the line while some sources are slow, and few enough that
 * each is soon complete and can be passed on.
 */
const SWARM_REQUESTS = 6;

/** Pieces that come after a request was made until it does not keep others from being made. */
const OVERTAKEN_PIECES = 2 * SWARM_REQUESTS;

/** How long nothing may come until as many more are asked for, in milliseconds. */
const SLOW_MS = 3_000;

/** What is asked of a source: a piece, or one of several that it may choose from. */
export interface PlannedRequest {
  readonly source: string;
  /** The piece that was asked for, or that the source chose; nothing until it has. */
  piece: number | undefined;
  /** The pieces to choose from, if it may. */
  readonly choice: readonly number[] | undefined;
  /** Whether it waits in the queue of its source. */
  isQueued: boolean;
}

/** Requests that are out. */
export class OutstandingRequests {
  /** With how many pieces had come when each was made. */
  readonly #out = new Map<PlannedRequest, number>();
  #came = 0;
  #lastCame: number | undefined;

  /** Takes in a request that is made now. */
  add(
    source: string,
    { piece, choice }: Partial<Pick<PlannedRequest, "piece" | "choice">>,
  ): PlannedRequest {
    const request = { source, piece, choice, isQueued: false };
    this.#out.set(request, this.#came);
    return request;
  }

  /** Takes in the end of `request`. */
  delete(request: PlannedRequest): void {
    this.#out.delete(request);
  }

  /** Takes in that a piece has come that was missing. */
  take(now: number): void {
    this.#came++;
    this.#lastCame = now;
  }

  /** Whether one more may be made. Those that bring nothing do not keep others from being made. */
  hasRoom(now: number): boolean {
    const inTime = this.#out.values().filter((since) => this.#came - since < OVERTAKEN_PIECES);
    return inTime.toArray().length < SWARM_REQUESTS * (1 + this.#lullsUntil(now));
  }

  /** Whether nothing has come for a while. */
  isSlow(now: number): boolean {
    return this.#lullsUntil(now) > 0;
  }

  /** How many are out at `source`. */
  at(source: string): number {
    return this.#out.keys().filter((request) => request.source === source).toArray().length;
  }

  /** Whether one waits in the queue of `source`. */
  isQueuedAt(source: string): boolean {
    return this.#out.keys().some((request) => request.source === source && request.isQueued);
  }

  /**
   * The pieces that are not to be offered to `source`, as it or another is still to choose from them.
   * Another with a queue keeps none back, and nobody does once nothing has come for a while.
   */
  keptFrom(source: string, now: number): Set<number> {
    const isSlow = this.isSlow(now);
    const keeping = this.#out.keys().filter((request) => {
      if (request.piece !== undefined) return false;
      return request.source === source || !(request.isQueued || isSlow);
    });
    return new Set(keeping.flatMap(({ choice }) => choice ?? []));
  }

  #lullsUntil(now: number): number {
    this.#lastCame ??= now;
    return Math.floor((now - this.#lastCame) / SLOW_MS);
  }
}
