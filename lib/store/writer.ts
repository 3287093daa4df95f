/**
 * Handing batches to the thread that writes.
 *
 * @module
 */

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
    this.#worker = new Worker(new URL("./writer_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<WriterReply>) => this.#answered(data);
    this.#worker.onerror = (event) => {
      event.preventDefault(); // Reading goes on without it.
      this.#isBroken = true;
      this.#answered({ fault: STOPPED });
    };
    this.#tell({ path });
  }

  /** Commits `events`, all or none. Returns why not, if it could not. */
  async commit(events: readonly CatalogueEvent[]): Promise<string | undefined> {
    const reply = await this.#ask({ events });
    return reply === "closed" ? STOPPED : reply.fault;
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
