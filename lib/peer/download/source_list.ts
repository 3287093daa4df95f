/**
 * The sources of one download: who may be asked, and who not any more. Pure: time comes in as an
 * argument, in milliseconds of a steady clock.
 *
 * @module
 */

import { BitTrickleError, type ErrorCode } from "../../errors.ts";
import { isSameAddress } from "../../protocol/address.ts";
import { LOST_SOURCE_MS } from "../../protocol/download_limits.ts";
import { TICKET_MS } from "../../protocol/limits.ts";
import { SESSIONS_PER_USER } from "../../protocol/share.ts";
import { type SealedSource, sourceId } from "./connection_pool.ts";

/** Room for one of several connections to a source. */
export interface SourceSlot {
  readonly source: SealedSource;
  /** Counted from 0. */
  readonly index: number;
}

interface Known {
  source: SealedSource;
  /** Those taken. */
  readonly slots: Set<number>;
  /** Whether the index said lately that it is there. */
  isNamed: boolean;
  /** Not to be asked before. */
  notBefore: number;
  /** How long it is left alone the next time it is lost, in milliseconds. */
  backoffMs: number;
  isBad: boolean;
  /** Whether it is about to publish its file anew. */
  isChanging: boolean;
  /** What it failed with since it last brought something. */
  failure: ErrorCode | undefined;
}

/** Time that a ticket must have left to be shown, in milliseconds. */
const MARGIN_MS = 5_000;

/** Most sources that are remembered: an index may invent them without end. */
const MOST_KNOWN = 1_000;

/** How long a source is left alone that others have taken the place of, in milliseconds. */
const REST_MS = 30_000;

/** The known sources of the file. One is told by its `id`, see {@linkcode sourceId}. */
export class SourceList {
  /** By id. */
  readonly #known = new Map<string, Known>();
  #failure: BitTrickleError | undefined;
  #badFailure: BitTrickleError | undefined;

  constructor(sources: readonly SealedSource[]) {
    this.renew(sources);
  }

  /**
   * Takes in whom the index names now. Returns the ids of those whom it did not name before, or at
   * another address: they may be asked again at once.
   */
  renew(sources: readonly SealedSource[]): string[] {
    const back = sources.filter((source) => !this.#isNamed(source)).map(sourceId);
    this.forgetNames();
    for (const source of sources) this.#name(source);
    this.#makeRoom();
    for (const id of back) this.#relieve(id);
    return back;
  }

  /** Drops what is known of who is active: the index was silent, or this machine has slept. */
  forgetNames(): void {
    for (const known of this.#known.values()) known.isNamed = false;
  }

  /**
   * A slot of the source that has the fewest taken, of several one that has the whole file; each source
   * gets its share of `most`, rounded up.
   */
  take(most: number, now: number): SourceSlot | undefined {
    const fit = this.#known.values().filter((known) => isFit(known, now)).toArray();
    const share = Math.ceil(most / fit.length);
    const [known] = fit.sort((a, b) => a.slots.size - b.slots.size || rankOf(a) - rankOf(b));
    if (!known || known.slots.size >= share) return undefined;
    let index = 0;
    while (known.slots.has(index)) index++;
    known.slots.add(index);
    return { source: known.source, index };
  }

  /** What the index told last about the source of `slot`: its ticket is the one that is good longest. */
  latest({ source }: SourceSlot): SealedSource {
    return this.#known.get(sourceId(source))?.source ?? source;
  }

  /** Gives back a slot whose connection is not at work any more. */
  release({ source, index }: SourceSlot): void {
    this.#known.get(sourceId(source))?.slots.delete(index);
  }

  /** Takes in that the source `id` has brought something. */
  recordProgress(id: string): void {
    const known = this.#known.get(id);
    if (!known) return;
    known.failure = undefined;
    known.backoffMs = LOST_SOURCE_MS.first;
  }

  /**
   * Takes in that the source `id` failed: asked again after a while, or never if that was `bad`. Returns
   * whether it is the first time since it last brought something.
   */
  recordFailure(id: string, error: BitTrickleError, bad: boolean, now: number): boolean {
    const known = this.#known.get(id);
    if (!known) return false;
    const isFirst = known.failure === undefined;
    known.failure = error.code;
    known.isBad ||= bad;
    known.isChanging ||= error.code === "changed";
    // Several connections may fail for one reason.
    if (now >= known.notBefore) {
      known.notBefore = now + known.backoffMs;
      known.backoffMs = Math.min(2 * known.backoffMs, LOST_SOURCE_MS.longest);
    }
    const message = `${known.source.user}: ${error.message}`;
    const failure = new BitTrickleError(error.code, message, { cause: error });
    if (bad) this.#badFailure = failure;
    else this.#failure = failure;
    return isFirst;
  }

  /** Whether the source `id` is not to be asked any more. */
  isBad(id: string): boolean {
    return this.#known.get(id)?.isBad ?? false;
  }

  /** Whether somebody is there who has the whole file and may be asked, now or in a while. */
  get isAnyThere(): boolean {
    return this.#known.values().some(({ isNamed, isBad, source }) => {
      return isNamed && !isBad && !source.isPartial;
    });
  }

  /** Whether somebody who may be asked fetches the file, too. */
  get isAnyPartial(): boolean {
    return this.#known.values().some(({ isNamed, isBad, source }) => {
      return isNamed && !isBad && source.isPartial === true;
    });
  }

  /** Whether there is a source that may be asked and is not. */
  isAnyFree(now: number): boolean {
    return this.#known.values().some((known) => known.slots.size === 0 && isFit(known, now));
  }

  /** Leaves the source `id` alone for a while: others may bring more. */
  rest(id: string, now: number): void {
    const known = this.#known.get(id);
    if (known) known.notBefore = now + REST_MS;
  }

  /** Takes in that the file of the source `id` has changed, and will be published anew. */
  expectChange(id: string): void {
    const known = this.#known.get(id);
    if (known) known.isChanging = true;
  }

  /** Whether none of those who ever were there will bring anything. */
  get isHopeless(): boolean {
    return this.#known.size > 0 && this.#known.values().every(isLost);
  }

  /** The worst that a source did: a lie, or else what was last. */
  get failure(): BitTrickleError | undefined {
    return this.#badFailure ?? this.#failure;
  }

  /** Whether the index has named that source at that address until now. */
  #isNamed(source: SealedSource): boolean {
    const known = this.#known.get(sourceId(source));
    return known !== undefined && known.isNamed && isSamePlace(known.source, source);
  }

  #name(source: SealedSource): void {
    const id = sourceId(source);
    const known = this.#known.get(id);
    if (known) {
      known.source = source;
      known.isNamed = true;
      return;
    }
    this.#known.set(id, {
      source,
      slots: new Set(),
      isNamed: true,
      notBefore: -Infinity,
      backoffMs: LOST_SOURCE_MS.first,
      isBad: this.#hasLied(source.user),
      isChanging: false,
      failure: undefined,
    });
  }

  /** Whether as many sources of `user` are bad as one may have: more would be endless. */
  #hasLied(user: string): boolean {
    const bad = this.#known.values().filter(({ isBad, source }) => isBad && source.user === user);
    return bad.toArray().length >= SESSIONS_PER_USER;
  }

  #relieve(id: string): void {
    const known = this.#known.get(id)!;
    known.notBefore = -Infinity;
    known.backoffMs = LOST_SOURCE_MS.first;
    known.isChanging = false;
    known.failure = undefined;
  }

  #makeRoom(): void {
    for (const [id, { isNamed, isBad, slots }] of this.#known) {
      if (this.#known.size <= MOST_KNOWN) return;
      if (!isNamed && !isBad && slots.size === 0) this.#known.delete(id);
    }
  }
}

/** Whether the source has no address that it had not before. */
function isSamePlace(before: SealedSource, now: SealedSource): boolean {
  const was = [before.address, before.otherAddress];
  return was.some((it) => it && isSameAddress(it, now.address)) &&
    (!now.otherAddress || was.some((it) => it && isSameAddress(it, now.otherAddress!)));
}

/** Sent bad data, or has the file no more; a source whose file changes is retried while active. */
function isLost({ isBad, isChanging, isNamed, failure }: Known): boolean {
  return isChanging ? !isNamed : isBad || failure === "not_found";
}

function isFit(known: Known, now: number): boolean {
  return !known.isBad && now >= known.notBefore && isFresh(known, now);
}

/** Sources that have the whole file come first. */
function rankOf({ source }: Known): number {
  return source.isPartial ? 1 : 0;
}

function isFresh({ source }: Known, now: number): boolean {
  return now - source.since < TICKET_MS - MARGIN_MS;
}
