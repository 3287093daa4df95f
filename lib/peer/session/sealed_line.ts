/**
 * One session at the index: its keys, and the link that they are used over.
 *
 * @module
 */

import { withTimeout } from "../../async/with_timeout.ts";
import { BitTrickleError, interrupted } from "../../errors.ts";
import type { Reply } from "../../protocol/messages.ts";
import type { SessionRequest } from "./index_session.ts";
import type { SealedChannel } from "./sealed_channel.ts";
import type { SealedLink } from "./sealed_link.ts";

/** What a request comes to: nothing if no answer came. */
type Answer = Reply | "lost" | undefined;

/** Asks over a link, so many requests at once as the index hears. */
export class SealedLine {
  readonly #ended = Promise.withResolvers<void>();
  #capacity = Promise.withResolvers<void>();
  #proving: Promise<Answer> | undefined;
  #end: "replaced" | "closed" | undefined;

  constructor(readonly link: SealedLink, readonly channel: SealedChannel) {}

  /**
   * Sends `request` as often as there are `waits`. Returns `lost` if the index does not know the
   * session any more, or another one has taken its place, and nothing if no answer comes.
   *
   * @throws {BitTrickleError} `usage` if it does not fit into a message, `interrupted`
   */
  async exchange(request: SessionRequest, waits: readonly number[]): Promise<Answer> {
    while (!this.channel.hasRoom && !this.#end) await this.#capacity.promise;
    if (this.#end === "closed") throw interrupted();
    if (this.#end === "replaced") return "lost";
    try {
      return await this.#sendWithProof(request, waits);
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
    this.#ended.resolve();
    this.link.cancel();
    this.#wake();
  }

  /**
   * Sends `request` until it is answered. If the index wants to know first that this client is where
   * it seems to be, that is proven, and the request is made again: all within the time of `waits`.
   */
  async #sendWithProof(request: SessionRequest, waits: readonly number[]): Promise<Answer> {
    const deadline = performance.now() + waits.reduce((sum, wait) => sum + wait, 0);
    let left = waits;
    for (let proofs = 0; left.length > 0; proofs++) {
      const answer = await this.#send(request, left);
      if (answer === undefined || answer === "lost" || answer.kind !== "moved") return answer;
      // What is asked for again and again, as by a hostile index, is given ever later.
      if (proofs > 0) await this.#pause(deadline, waits[proofs - 1] ?? waits.at(-1)!);
      await this.#within(deadline, this.#prove(answer.token, waits));
      while (!this.channel.hasRoom && !this.#end && performance.now() < deadline) {
        await this.#within(deadline, this.#capacity.promise);
      }
      if (this.#end) throw interrupted();
      left = fittingWaits(waits, deadline - performance.now());
    }
  }

  async #pause(deadline: number, ms: number): Promise<void> {
    await withTimeout(this.#ended.promise, Math.max(0, Math.min(ms, deadline - performance.now())));
  }

  async #within(deadline: number, promise: Promise<unknown>): Promise<void> {
    await withTimeout(promise, Math.max(0, deadline - performance.now()));
  }

  /** Proves the address that the index has seen, once for all requests that wait for it. */
  #prove(token: string, waits: readonly number[]): Promise<Answer> {
    this.#proving ??= this.#sendProof(token, waits).finally(() => this.#proving = undefined);
    return this.#proving;
  }

  async #sendProof(token: string, waits: readonly number[]): Promise<Answer> {
    const answer = await this.#send({ verb: "move", token }, waits);
    // The index has not heard what is older than the token: now it does.
    if (answer !== undefined && answer !== "lost" && answer.kind === "done") this.link.hurry();
    return answer;
  }

  async #send(request: SessionRequest, waits: readonly number[]): Promise<Answer> {
    const carried = this.channel.carry(request, (token) => {
      this.#prove(token, waits).catch(() => {}); // The link is over: nobody waits for it any more.
    });
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

/** As many of `waits`, the last one cut, as fit into `ms` milliseconds. */
function fittingWaits(waits: readonly number[], ms: number): readonly number[] {
  const fitting: number[] = [];
  let left = ms;
  for (const wait of waits) {
    if (left <= 0) break;
    fitting.push(Math.min(wait, left));
    left -= wait;
  }
  return fitting;
}
