/**
 * Five uploads at a time; the others wait their turn.
 *
 * @module
 */

import { pooledMap } from "@std/async/pool";
import { TRICKLE_MS, UPLOAD_POOL } from "../protocol/limits.ts";
import type { Upload } from "./upload.ts";

/** Runs uploads, first come first served. */
export class UploadPool {
  readonly #waiting = new Set<Upload>();
  readonly #running = new Set<Upload>();
  readonly #ending = new Set<Promise<void>>();
  readonly #trickling: ReturnType<typeof setInterval>;
  readonly #serving: Promise<void>;
  #queue!: ReadableStreamDefaultController<Upload>;
  #closed = false;

  /** @param trickleMs How often a waiting upload sends a byte, in milliseconds. */
  constructor(trickleMs = TRICKLE_MS) {
    const requests = new ReadableStream<Upload>({ start: (queue) => void (this.#queue = queue) });
    this.#trickling = setInterval(
      () => this.#waiting.forEach((it) => this.#trickle(it)),
      trickleMs,
    );
    this.#serving = this.#serve(requests);
  }

  /** How many uploads wait for a place. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** How many uploads have a place. */
  get running(): number {
    return this.#running.size;
  }

  /** Queues `upload`, which the pool disposes of. */
  add(upload: Upload): void {
    this.#waiting.add(upload);
    this.#queue.enqueue(upload);
  }

  /**
   * Takes no more uploads and turns away those that have not begun. Resolves when the last of the
   * others has ended.
   */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#queue.close();
      this.#waiting.forEach((upload) => upload.refuseUnlessBegun());
    }
    await this.#serving;
    clearInterval(this.#trickling);
    await Promise.all(this.#ending);
  }

  #trickle(upload: Upload): void {
    const trickling = upload.trickle().then(async (goesOn) => {
      if (!goesOn && this.#waiting.delete(upload)) await upload[Symbol.asyncDispose]();
    });
    this.#ending.add(trickling);
    trickling.finally(() => this.#ending.delete(trickling));
  }

  async #serve(requests: ReadableStream<Upload>): Promise<void> {
    const results = pooledMap(UPLOAD_POOL, requests, (upload) => this.#run(upload));
    for await (const _ of results);
  }

  /** Never rejects: that would end the pool. */
  async #run(upload: Upload): Promise<void> {
    if (!this.#waiting.delete(upload)) return; // It ended while it waited.
    this.#running.add(upload);
    try {
      await upload.run();
    } catch {
      // The downloader left, stopped reading, or is being cut off.
    } finally {
      this.#running.delete(upload);
      await upload[Symbol.asyncDispose]();
    }
  }
}
