/**
 * What is told of how far a download is: what it does, complete pieces, and what has come of those
 * under way. Times are milliseconds of a steady clock.
 *
 * @module
 */

import type { Lull } from "./patience.ts";
import type { DownloadPhase, OnDownload, QueuePlace } from "./transfer_state.ts";

/**
 * How long nothing may come, since the beginning or the last bytes, before it is told what the
 * download waits for: there are short pauses between pieces, and queues that move on at once.
 */
const STILL_MS = 1_000;

/** What a download knows of itself at a moment. */
export interface Moment {
  /** Why nothing comes; nothing is said while this machine is busy with what came. */
  readonly lull: Lull | undefined;
  /** In whose queues it is. */
  readonly queued: readonly QueueOwner[];
}

/** A source that has a queue. */
export interface QueueOwner {
  /** Tells it from others of the same user. */
  readonly id: string;
  readonly user: string;
}

/** The progress of one download. */
export class DownloadProgress {
  readonly #onProgress: OnDownload;
  readonly #sources: () => number;
  /** Places in queues, as they were told last. */
  readonly #places = new Map<string, number>();
  #phase: DownloadPhase = "connecting";
  #queue: QueuePlace | undefined;
  #total: number;
  #complete = 0;
  #kept = 0;
  #bytes = 0;
  #isOpen = false;
  #movedAt: number;

  /**
   * @param total Bytes of the file
   * @param now When it begins
   * @param sources How many users send now
   */
  constructor(
    total: number,
    now: number,
    onProgress: OnDownload = () => {},
    sources: () => number = () => 0,
  ) {
    this.#total = total;
    this.#movedAt = now;
    this.#onProgress = onProgress;
    this.#sources = sources;
    this.#tell();
  }

  /**
   * Takes in that `bytes` of `total` are there and verified. Before the file is open that is what was
   * looked at, and then what was found.
   */
  take(bytes: number, total: number, now: number): void {
    if (this.#isOpen) this.#reach(this.#complete = bytes, now);
    else this.#check(bytes, total);
  }

  /** Takes in that from now on the file grows. */
  open(): void {
    this.#isOpen = true;
    if (this.#phase === "verifying") this.#enter("connecting");
  }

  /** Takes in that `bytes` of pieces that are not complete have come. */
  arriving(bytes: number, now: number): void {
    if (this.#isOpen) this.#reach(Math.min(this.#complete + bytes, this.#total), now);
  }

  /** Takes in a place in the queue of the source `id`. */
  queued(id: string, place: number): void {
    this.#places.set(id, place);
  }

  /** Takes in why nothing comes, if that is so. */
  look({ lull, queued }: Moment, now: number): void {
    if (lull === undefined) this.#movedAt = now;
    if (now - this.#movedAt < STILL_MS) return;
    // What moves may be something else: answers of a queue, or the bytes of another download.
    const queue = lull === "queue" || lull === "moving" ? this.#foremost(queued) : undefined;
    if (queue) this.#enter("waiting", queue);
    else if (lull !== "moving") this.#enter("connecting");
  }

  /** Takes in that all bytes are there. */
  finish(): void {
    this.#enter("finishing");
  }

  #check(bytes: number, total: number): void {
    this.#total = total;
    this.#complete = this.#kept = this.#bytes = bytes;
    if (bytes > 0) this.#phase = "verifying";
    this.#tell();
  }

  /** The place from which it is soonest its turn. */
  #foremost(queued: readonly QueueOwner[]): QueuePlace | undefined {
    const places = queued.flatMap(({ id, user }) => {
      const place = this.#places.get(id);
      return place === undefined ? [] : [{ user, place }];
    });
    return places.sort((a, b) => a.place - b.place)[0];
  }

  /** What came of a piece may be lost with its connection: that is no reason to go back. */
  #reach(bytes: number, now: number): void {
    if (bytes <= this.#bytes) return;
    this.#bytes = bytes;
    this.#movedAt = now;
    this.#phase = "downloading";
    this.#queue = undefined;
    this.#tell();
  }

  #enter(phase: DownloadPhase, queue?: QueuePlace): void {
    const { user, place } = this.#queue ?? {};
    if (phase === this.#phase && user === queue?.user && place === queue?.place) return;
    this.#phase = phase;
    this.#queue = queue;
    this.#tell();
  }

  #tell(): void {
    this.#onProgress({
      phase: this.#phase,
      bytes: this.#bytes,
      total: this.#total,
      kept: this.#kept,
      sources: this.#sources(),
      queue: this.#queue,
    });
  }
}
