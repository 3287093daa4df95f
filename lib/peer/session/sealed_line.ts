/**
 * One session at the index: its keys, and the link that they are used over.
 *
 * @module
 */

import { BitTrickleError, interrupted } from "../../errors.ts";
import type { Reply } from "../../protocol/messages.ts";
import type { SessionRequest } from "./index_session.ts";
import type { SealedChannel } from "./sealed_channel.ts";
import type { SealedLink } from "./sealed_link.ts";

/** Asks over a link, so many requests at once as the index hears. */
export class SealedLine {
  #capacity = Promise.withResolvers<void>();
  #end: "replaced" | "closed" | undefined;

  constructor(readonly link: SealedLink, readonly channel: SealedChannel) {}

  /**
   * Sends `request` as often as there are `waits`. Returns `lost` if the index does not know the
   * session any more, or another one has taken its place, and nothing if no answer comes.
   *
   * @throws {BitTrickleError} `usage` if it does not fit into a message, `interrupted`
   */
  async exchange(
    request: SessionRequest,
    waits: readonly number[],
  ): Promise<Reply | "lost" | undefined> {
    while (!this.channel.hasRoom && !this.#end) await this.#capacity.promise;
    if (this.#end === "closed") throw interrupted();
    if (this.#end === "replaced") return "lost";
    try {
      return await this.#send(request, waits);
    } catch (error) {
      const isReplaced = this.#end === "replaced" && error instanceof BitTrickleError;
      if (isReplaced && error.code === "interrupted") return "lost";
      throw error;
    }
  }

  /** Interrupts pending requests, and tells the index that the session ends. */
  async leave(waits: readonly number[]): Promise<void> {
    this.#stop("closed");
    await this.#send({ verb: "bye" }, waits);
  }

  /** Gives up the session: pending requests return `lost`. */
  replace(): void {
    this.#stop("replaced");
  }

  /** Interrupts pending requests, and closes the link. */
  async close(): Promise<void> {
    this.#stop("closed");
    await this.link.close();
  }

  #stop(end: "replaced" | "closed"): void {
    this.#end ??= end;
    this.link.cancel();
    this.#wake();
  }

  async #send(
    request: SessionRequest,
    waits: readonly number[],
  ): Promise<Reply | "lost" | undefined> {
    const carried = this.channel.carry(request);
    try {
      return await this.link.exchange({ ...carried, waits });
    } finally {
      this.channel.finish(carried.number);
      this.#wake();
    }
  }

  #wake(): void {
    this.#capacity.resolve();
    this.#capacity = Promise.withResolvers();
  }
}
