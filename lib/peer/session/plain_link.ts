/**
 * The line to the index: requests that are sent again until they are answered.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { interrupted } from "../../errors.ts";
import type { DatagramSocket } from "../../net/datagrams.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { type Address, formatAddress, isSameAddress } from "../../protocol/address.ts";
import { PLAIN_RETRANSMIT_MS } from "../../protocol/limits.ts";
import type { Reply, Request, Verb } from "../../protocol/messages.ts";
import { decodePlainReply } from "../../protocol/plain_reply.ts";
import { encodePlainRequest } from "../../protocol/plain_request.ts";
import { cannotSendTo, noAnswerFrom } from "./index_session.ts";

/** How much longer than the first answer took the answer to the last copy may take. */
const STRAGGLERS_MS = 250;

interface Pending {
  readonly verb: Verb;
  readonly answer: PromiseWithResolvers<Reply>;
}

/** Speaks protocol 1 to one index, one request at a time. */
export class PlainLink implements Disposable {
  readonly #socket: DatagramSocket;
  readonly #index: Address;
  readonly #waits: readonly number[];
  readonly #receiving: Promise<void>;
  #pending: Pending | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #closing = new AbortController();

  /**
   * @param waits Milliseconds between sendings of a request, the last one before giving up.
   */
  constructor(socket: DatagramSocket, index: Address, waits = PLAIN_RETRANSMIT_MS) {
    this.#socket = socket;
    this.#index = index;
    this.#waits = waits;
    this.#receiving = socket.receive((datagram, from) => this.#take(datagram, from));
  }

  /**
   * Asks the index and returns its answer. Requests made meanwhile wait their turn.
   *
   * @throws {BitTrickleError} `timeout` when no answer comes, `usage` for a request that this
   * protocol cannot carry, `interrupted` after {@linkcode close}
   */
  request(request: Request): Promise<Reply> {
    const answer = this.#turn.then(() => this.#ask(request));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  /** Sends a request that has no answer, if it can be sent. */
  async tell(request: Request): Promise<void> {
    await this.#send(encodePlainRequest(request));
  }

  /** Gives up what is pending, closes the socket and waits until nothing moves any more. */
  async close(): Promise<void> {
    this[Symbol.dispose]();
    await Promise.all([this.#turn, this.#receiving]);
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#pending?.answer.reject(interrupted());
    this.#socket.close();
  }

  async #ask(request: Request): Promise<Reply> {
    if (this.#closing.signal.aborted) throw interrupted();
    const datagram = encodePlainRequest(request);
    const pending = { verb: request.verb, answer: Promise.withResolvers<Reply>() };
    pending.answer.promise.catch(() => {}); // It may be interrupted before anybody waits for it.
    this.#pending = pending;
    try {
      return await this.#sendUntilAnswered(datagram, pending);
    } finally {
      this.#pending = undefined;
    }
  }

  async #sendUntilAnswered(datagram: Uint8Array, { answer }: Pending): Promise<Reply> {
    const began = performance.now();
    let failure: unknown;
    for (const [i, wait] of this.#waits.entries()) {
      const sent = performance.now();
      failure = await this.#send(datagram);
      const reply = await withTimeout(answer.promise, wait);
      if (!reply) continue;
      // Answers carry no number: a second copy must not pass for the answer to the next request.
      const roundTrip = performance.now() - began;
      if (i > 0) await this.#pause(sent + roundTrip + STRAGGLERS_MS - performance.now());
      return reply;
    }
    const where = formatAddress(this.#index);
    throw failure === undefined ? noAnswerFrom(where) : cannotSendTo(where, failure);
  }

  /** What cannot be sent is lost, like much else: networks come back. Returns why it cannot. */
  async #send(datagram: Uint8Array): Promise<unknown> {
    try {
      await this.#socket.send(datagram, this.#index);
    } catch (failure) {
      return failure;
    }
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#closing;
    await delay(Math.max(0, ms), { signal }).catch(() => {});
  }

  #take(datagram: Uint8Array, from: Address): void {
    if (!this.#pending || !isSameAddress(from, this.#index)) return;
    try {
      this.#pending.answer.resolve(decodePlainReply(this.#pending.verb, datagram));
    } catch {
      // Not an answer to this request: a straggler of an earlier one. The next sending asks again.
    }
  }
}
