/**
 * Handing batches to the thread that writes.
 *
 * @module
 */

import { listenTo } from "../async/thread_link.ts";
import type { CatalogueEvent } from "../index/catalogue/catalogue.ts";
import type { WriterReply, WriterRequest } from "./writer_worker.ts";

const STOPPED = "the writing thread has stopped; start the server again";

/** Commits one batch at a time. */
export class Writer implements AsyncDisposable {
  readonly #worker: Worker;
  #answered: (reply: WriterReply) => void = () => {};
  #isBroken = false;

  /** @param path A data file that has been opened and found good. */
  constructor(path: string) {
    const url = new URL("./writer_worker.ts", import.meta.url);
    this.#worker = listenTo<WriterReply>(new Worker(url, { type: "module" }), {
      onReply: (reply) => this.#answered(reply),
      onBroken: () => {
        this.#isBroken = true; // Reading goes on without it.
        this.#answered({ fault: STOPPED });
      },
    });
    this.#tell({ path });
  }

  /** Commits `events`, all or none. Returns why not, if it could not. */
  async commit(events: readonly CatalogueEvent[]): Promise<string | undefined> {
    const reply = await this.#ask({ events });
    return typeof reply === "string" ? STOPPED : reply.fault;
  }

  /** Has the thread open the file, if it has not yet, so that it is the last to close it. */
  async hold(): Promise<void> {
    await this.#ask("hold");
  }

  /** Ends the thread, after what it was given before. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ask("close");
    this.#worker.terminate();
  }

  #ask(request: WriterRequest): Promise<WriterReply> {
    if (this.#isBroken) return Promise.resolve({ fault: STOPPED });
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#tell(request);
    });
  }

  #tell(request: WriterRequest): void {
    this.#worker.postMessage(request);
  }
}
