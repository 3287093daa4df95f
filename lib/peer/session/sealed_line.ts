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

/** Proofs that are sent in a row, if the address changes meanwhile. */
const MOST_PROOFS = 4;

/**
 * How long the answer to a proof is awaited once the index has asked for another, in milliseconds:
 * longer than most networks take, and short beside the second in which a late heartbeat still counts.
 */
const PROOF_MS = 250;

/** What a request comes to: nothing if no answer came. */
type Answer = Reply | "lost" | undefined;

/** Asks over a link, so many requests at once as the index hears. */
export class SealedLine {
  readonly #ended = Promise.withResolvers<void>();
  #capacity = Promise.withResolvers<void>();
  #proving: Promise<void> | undefined;
  /** What the index last asked to be shown, and has not been. */
  #token: string | undefined;
  #moves = 0;
  #end: "replaced" | "closed" | undefined;

  constructor(readonly link: SealedLink, readonly channel: SealedChannel) {}

  /** How often the index has come to know another address of this client. */
  get moves(): number {
    return this.#moves;
  }

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
      return await this.#send(request, waits);
    } catch (error) {
      const isReplaced = this.#end === "replaced" && error instanceof BitTrickleError;
      if (isReplaced && error.code === "interrupted") return "lost";
      throw error;
    }
  }

  /**
   * Sends `request` over another link, beside all others: their order does not wait for it.
   *
   * @throws {BitTrickleError} `interrupted`
   */
  async exchangeElsewhere(
    request: SessionRequest,
    link: SealedLink,
    waits: readonly number[],
  ): Promise<Answer> {
    const carried = this.channel.carry(request, () => {});
    this.channel.finish(carried.number);
    return await link.exchange({ ...carried, waits });
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

  /** Proves the address that the index has seen, once for all requests that wait for it. */
  #prove(waits: readonly number[], pauseMs: number): Promise<void> {
    this.#proving ??= this.#sendProofs(waits, pauseMs)
      .catch(() => {}) // The link is over: nobody waits for it any more.
      .finally(() => this.#proving = this.#token = undefined);
    return this.#proving;
  }

  async #sendProofs(waits: readonly number[], pauseMs: number): Promise<void> {
    await withTimeout(this.#ended.promise, pauseMs);
    for (let proofs = 0; this.#token !== undefined && proofs < MOST_PROOFS; proofs++) {
      const answer = await this.#sendProof(this.#token, waits);
      if (answer === "lost") return;
      if (answer?.kind === "moved") this.#token = answer.token;
      else if (answer?.kind === "done") return this.#takeMove();
    }
  }

  /** An address that changes meanwhile hears no answer: then the index asks for another proof. */
  #sendProof(token: string, waits: readonly number[]): Promise<Answer> {
    this.#token = undefined;
    const sentAt = performance.now();
    const isOutdated = () => this.#token !== undefined && performance.now() - sentAt > PROOF_MS;
    return this.#send({ verb: "move", token }, waits, isOutdated);
  }

  #takeMove(): void {
    this.#moves++;
    this.link.hurry(); // The index has not heard what was sent from here: now it does.
  }

  /** Sends `request` until it is answered, and proves this client's address if the index wants that. */
  async #send(
    request: SessionRequest,
    waits: readonly number[],
    isHopeless = () => false,
  ): Promise<Answer> {
    let proofs = 0;
    const carried = this.channel.carry(request, (token) => {
      this.#token = token;
      if (this.#proving) return;
      // What is asked for again and again, as by a hostile index, is given ever later.
      const pauseMs = proofs === 0 ? 0 : waits[proofs - 1] ?? waits.at(-1) ?? 0;
      proofs++;
      this.#prove(waits, pauseMs);
    });
    try {
      return await this.link.exchange({ ...carried, waits, isHopeless });
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
