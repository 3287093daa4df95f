/**
 * What to ask of whom next while others fetch the same file, so that all of them are done soon: the
 * rarest pieces first, and of sources that have the whole file what nobody else can bring now. Pure:
 * time comes in as an argument, in milliseconds of a steady clock.
 *
 * @module
 */

import { CHOICE_PIECES } from "../../protocol/swarm_limits.ts";
import { Availability } from "./availability.ts";
import type { PiecePicker } from "./piece_picker.ts";
import { rarest, sample } from "./rarest.ts";
import { OutstandingRequests, type PlannedRequest } from "./outstanding_requests.ts";

/** Requests to a whole source that may be out at once: others need it, too. */
const WHOLE_REQUESTS = 2;

/** How long a source is left alone that had nothing to give, in milliseconds. */
const NOTHING_MS = 1_000;

/** Plans the requests of one download in a swarm. */
export class SwarmPicker {
  readonly availability: Availability;
  readonly #pieces: PiecePicker;
  readonly #random: () => number;
  readonly #out = new OutstandingRequests();
  /** Sources that had nothing to give, and until when they are left alone. */
  readonly #notBefore = new Map<string, number>();

  /**
   * @param count How many pieces the file has
   * @param random Numbers from 0 to 1
   */
  constructor(pieces: PiecePicker, count: number, random: () => number = Math.random) {
    this.#pieces = pieces;
    this.#random = random;
    this.availability = new Availability(count);
  }

  /**
   * The next request to one of the `idle` sources, which counts as made; nothing if there is none to
   * be made now.
   */
  next(idle: readonly string[], now: number): PlannedRequest | undefined {
    if (!this.#out.hasRoom(now)) return undefined;
    const whole = this.#leastBusy(idle.filter((source) => this.#mayAskWhole(source, now)));
    const partial = idle.filter((source) => this.#mayAskPartial(source));
    return this.#askWhole(whole, now, true) ?? this.#askPartial(partial) ??
      this.#askWhole(whole, now) ?? this.#race(partial, whole, now);
  }

  /**
   * Takes in which piece the source of `request` has chosen. Returns false for one that it was not
   * offered, and for a second one.
   */
  choose(request: PlannedRequest, piece: number): boolean {
    if (request.piece !== undefined || !request.choice?.includes(piece)) return false;
    request.piece = piece;
    this.#pieces.claim(piece, request.source);
    return true;
  }

  /** Takes in the end of `request`. */
  end(request: PlannedRequest): void {
    this.#out.delete(request);
    if (request.piece !== undefined) this.#pieces.release(request.piece, request.source);
  }

  /** Takes in that a piece has come that was missing. */
  take(now: number): void {
    this.#out.take(now);
  }

  /** Takes in that a whole source gives none of the pieces that it was to choose from. */
  leaveAlone(source: string, now: number): void {
    this.#notBefore.set(source, now + NOTHING_MS);
  }

  /** The first of those of which least is asked. */
  #leastBusy(sources: readonly string[]): string | undefined {
    const [first] = sources.toSorted((a, b) => this.#out.at(a) - this.#out.at(b));
    return first;
  }

  #mayAskWhole(source: string, now: number): boolean {
    return !this.availability.isPartial(source) && this.#out.at(source) < WHOLE_REQUESTS &&
      now >= (this.#notBefore.get(source) ?? -Infinity);
  }

  /** A source with a queue is left to those who wait in it already. */
  #mayAskPartial(source: string): boolean {
    return this.availability.isPartial(source) && !this.#out.isQueuedAt(source);
  }

  /**
   * What is offered once is not offered again before the source has chosen, unless it has a queue.
   *
   * @param isRare Whether only what no partial source has is offered
   */
  #askWhole(source: string | undefined, now: number, isRare = false): PlannedRequest | undefined {
    if (source === undefined) return undefined;
    const kept = this.#out.keptFrom(source, now);
    const most = isRare ? 0 : Infinity;
    const free = this.#pieces.free.filter((piece) => !kept.has(piece));
    const choice = this.#rarest(free, CHOICE_PIECES, most);
    return choice.length > 0 ? this.#out.add(source, { choice }) : undefined;
  }

  /**
   * Sources that nothing is asked of come first, and one at random of several, each for the rarest of
   * what it has: if all asked for the rarest piece of all, its only source would have a queue.
   */
  #askPartial(idle: readonly string[]): PlannedRequest | undefined {
    const { free } = this.#pieces;
    if (free.length === 0) return undefined;
    const load = (source: string) => this.#out.at(source);
    const sources = sample(idle, idle.length, this.#random).sort((a, b) => load(a) - load(b));
    for (const source of sources) {
      const had = free.filter((piece) => this.availability.has(source, piece));
      const [piece] = this.#rarest(had, 1);
      if (piece !== undefined) return this.#ask(source, piece);
    }
    return undefined;
  }

  /** The last pieces are asked of a second source; of a whole one only if the others are slow. */
  #race(
    partial: readonly string[],
    whole: string | undefined,
    now: number,
  ): PlannedRequest | undefined {
    const isSlow = this.#out.isSlow(now) && whole !== undefined;
    for (const source of isSlow ? [...partial, whole] : partial) {
      const piece = this.#pieces.raced(source, (piece) => this.availability.has(source, piece));
      if (piece !== undefined) return this.#ask(source, piece);
    }
    return undefined;
  }

  #ask(source: string, piece: number): PlannedRequest {
    this.#pieces.claim(piece, source);
    return this.#out.add(source, { piece });
  }

  #rarest(pieces: readonly number[], count: number, most?: number): number[] {
    const copies = (piece: number) => this.availability.copies(piece);
    return rarest(pieces, copies, { count, most, random: this.#random });
  }
}
