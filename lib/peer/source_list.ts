/**
 * The sources of one download: who may be asked, and who not any more. Pure: time comes in as an
 * argument, in milliseconds of a steady clock.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { LOST_SOURCE_MS, TICKET_MS } from "../protocol/limits.ts";
import type { SealedSource } from "./connections.ts";

/** One of several lanes to a source. */
export interface LaneOf {
  readonly source: SealedSource;
  /** Counted from 0. */
  readonly lane: number;
}

interface Known {
  source: SealedSource;
  readonly lanes: Set<number>;
  /** Not to be asked before. */
  notBefore: number;
  isBad: boolean;
}

/** Time that a ticket must have left to be shown, in milliseconds. */
const MARGIN_MS = 5_000;

/** Who has the file, as far as is known. */
export class SourceList {
  readonly #known = new Map<string, Known>();
  #lastProgress: number;
  #failure: BitTrickleError | undefined;
  #badFailure: BitTrickleError | undefined;

  constructor(sources: readonly SealedSource[], now: number) {
    this.#lastProgress = now;
    this.renew(sources);
  }

  /** Takes in what the index says now. */
  renew(sources: readonly SealedSource[]): void {
    for (const source of sources) {
      const known = this.#known.get(source.user);
      if (known) known.source = source;
      else {
        const state = { notBefore: -Infinity, isBad: false };
        this.#known.set(source.user, { source, lanes: new Set(), ...state });
      }
    }
  }

  /** A lane of the source that has the fewest; each gets its share of `most`, rounded up. */
  next(most: number, now: number): LaneOf | undefined {
    const fit = this.#known.values().filter((known) => isFit(known, now)).toArray();
    const share = Math.ceil(most / fit.length);
    const [known] = fit.sort((a, b) => a.lanes.size - b.lanes.size);
    if (!known || known.lanes.size >= share) return undefined;
    let lane = 0;
    while (known.lanes.has(lane)) lane++;
    known.lanes.add(lane);
    return { source: known.source, lane };
  }

  /** Takes in that a lane has ended. */
  leave({ source, lane }: LaneOf): void {
    this.#known.get(source.user)?.lanes.delete(lane);
  }

  /** Takes in that something came. */
  praise(now: number): void {
    this.#lastProgress = now;
  }

  /** How long nothing has come, in milliseconds. */
  quietMs(now: number): number {
    return now - this.#lastProgress;
  }

  /** Takes in that `user` failed: asked again after a while, or never if that was `bad`. */
  blame(user: string, error: BitTrickleError, bad: boolean, now: number): void {
    const known = this.#known.get(user);
    if (!known) return;
    known.notBefore = now + LOST_SOURCE_MS;
    known.isBad ||= bad;
    const failure = new BitTrickleError(error.code, `${user}: ${error.message}`, { cause: error });
    if (bad) this.#badFailure = failure;
    else this.#failure = failure;
  }

  /** Whether `user` is not to be asked any more. */
  isBad(user: string): boolean {
    return this.#known.get(user)?.isBad ?? false;
  }

  /** Why there is no point in going on, if there is none: `patience` is over, or all are bad. */
  despair(now: number, patience: number): BitTrickleError | undefined {
    const isHopeless = this.#known.values().every(({ isBad }) => isBad);
    if (!isHopeless && this.quietMs(now) < patience) return undefined;
    const failure = this.#badFailure ?? this.#failure;
    if (!failure) return new BitTrickleError("network", "nobody who has it is there any more");
    // Whoever is active and answers, but does not deliver, is as bad as one who sends junk.
    const code = this.#badFailure ? "unverified" : failure.code;
    return new BitTrickleError(code, failure.message, { cause: failure });
  }
}

function isFit(known: Known, now: number): boolean {
  return !known.isBad && now >= known.notBefore && isFresh(known, now);
}

function isFresh({ source }: Known, now: number): boolean {
  return now - source.since < TICKET_MS - MARGIN_MS;
}
