/**
 * The sources of one download, as long as some of them fetch the same file: what is asked of whom is
 * planned for all of them at once.
 *
 * @module
 */

import { pieceCount } from "../../protocol/merkle.ts";
import type { PlannedRequest } from "./outstanding_requests.ts";
import type { PiecePicker } from "./piece_picker.ts";
import { SwarmPicker } from "./swarm_picker.ts";

/** How often a partial source is asked what it has, in milliseconds. */
const BITMAP_MS = 500;

/** Bytes per second that its answers may take: those of large files come less often. */
const BITMAP_RATE = 32_768;

/** A connection to a source that is ready for requests. */
export interface SwarmMember {
  /** Which source it is, see {@linkcode sourceId}. */
  readonly id: string;
  /** Whether the source fetches the file itself. */
  readonly isPartial: boolean;
  /** Whether one more request may be made. */
  readonly hasRoom: boolean;
  /** Makes a request; its end is told with {@linkcode Swarm.end}. */
  ask(request: PlannedRequest): void;
  /** Asks what a partial source has; the answer is told with {@linkcode Swarm.setBitmap}. */
  askBitmap(): void;
  /** Hears that requests are planned from now on, or not any more. */
  onTurned(): void;
}

/** Plans the requests of one download. Times are milliseconds of a steady clock. */
export class Swarm {
  readonly #count: number;
  /** With when each is to be asked what it has. */
  readonly #members = new Map<SwarmMember, number>();
  #picker: SwarmPicker | undefined;

  /** @param size Bytes of the file */
  constructor(size: number) {
    this.#count = pieceCount(size);
  }

  /** Whether there is a partial source: then nobody asks for anything that is not planned. */
  get isOn(): boolean {
    return this.#picker?.availability.isAny ?? false;
  }

  /** Takes in a source that is ready, until it is disposed of; `pieces` are those of the download. */
  join(member: SwarmMember, pieces: PiecePicker): Disposable {
    this.#picker ??= new SwarmPicker(pieces, this.#count);
    this.#members.set(member, -Infinity);
    this.#turn(() => member.isPartial && this.#picker!.availability.join(member.id));
    return { [Symbol.dispose]: () => this.#leave(member) };
  }

  /** Makes the requests that may be made now, and asks those who have a part what they have. */
  plan(now: number): void {
    if (!this.#picker || !this.isOn) return;
    for (const [member, due] of this.#members) {
      if (!member.isPartial || now < due) continue;
      this.#members.set(member, Infinity);
      member.askBitmap();
    }
    for (;;) {
      const ready = [...this.#members.keys()].filter(({ hasRoom }) => hasRoom);
      const request = this.#picker.next([...new Set(ready.map(({ id }) => id))], now);
      if (!request) return;
      ready.find(({ id }) => id === request.source)!.ask(request);
    }
  }

  /**
   * Takes in what a partial source has.
   *
   * @throws {BitTrickleError} `malformed` for a bitmap that is not that of the file
   */
  setBitmap(member: SwarmMember, bitmap: Uint8Array, now: number): void {
    if (!this.#members.has(member)) return;
    this.#picker!.availability.set(member.id, bitmap);
    const pauseMs = Math.max(BITMAP_MS, bitmap.length / BITMAP_RATE * 1_000);
    this.#members.set(member, now + pauseMs);
    this.plan(now);
  }

  /**
   * Takes in which piece the source of `request` has chosen. Returns false if it may not. The others
   * that it was offered can be asked for again.
   */
  choose(request: PlannedRequest, piece: number, now: number): boolean {
    if (!this.#picker?.choose(request, piece)) return false;
    this.plan(now);
    return true;
  }

  /** Takes in the end of a request. */
  end(request: PlannedRequest): void {
    this.#picker?.end(request);
  }

  /** Takes in that a piece has come that was missing. */
  take(now: number): void {
    this.#picker?.take(now);
  }

  /** Takes in that the source of `request` lacks what it was asked for. */
  takeLack({ source, piece }: PlannedRequest): void {
    if (piece !== undefined) this.#picker?.availability.clear(source, piece);
  }

  /** Takes in that a whole source has just given all that it could choose from to others. */
  leaveAlone(source: string, now: number): void {
    this.#picker?.leaveAlone(source, now);
  }

  #leave(member: SwarmMember): void {
    this.#members.delete(member);
    const isLeft = ![...this.#members.keys()].some(({ id }) => id === member.id);
    if (isLeft) this.#turn(() => this.#picker!.availability.leave(member.id));
  }

  /** Does what may turn the planning on or off. */
  #turn(change: () => void): void {
    const wasOn = this.isOn;
    change();
    if (this.isOn === wasOn) return;
    for (const member of this.#members.keys()) member.onTurned();
  }
}
