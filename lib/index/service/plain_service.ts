/**
 * Protocol 1 as a service: a datagram in, a datagram or silence out.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { type Address, isLoopback } from "../../protocol/address.ts";
import type { Reply, Request } from "../../protocol/messages.ts";
import { encodePlainReply, isAnswer } from "../../protocol/plain_reply.ts";
import { decodePlainRequest } from "../../protocol/plain_request.ts";
import { RecentMap } from "../../collections/recent_map.ts";
import type { Index } from "../index.ts";
import type { MaybePromise } from "../../async/maybe_promise.ts";
import { Reporter } from "./reporter.ts";
import type { EventCause, OnEvent } from "./service_event.ts";

/** Hosts whose refusal is remembered, so that each costs one log line and not one a datagram. */
const REMEMBERED_REFUSALS = 1_000;

/** How a {@linkcode PlainService} is set up. */
export interface PlainServiceOptions {
  /**
   * Whether hosts other than this one are served, over a network that can read every password.
   *
   * @default {false}
   */
  readonly allowPlain?: boolean;
  readonly onEvent?: OnEvent | undefined;
}

/** Answers the datagrams of protocol 1 out of an {@linkcode Index}. */
export class PlainService {
  readonly #index: Index;
  readonly #allowPlain: boolean;
  readonly #reporter: Reporter;
  readonly #refused = new RecentMap<string, true>(REMEMBERED_REFUSALS);

  constructor(index: Index, { allowPlain = false, onEvent }: PlainServiceOptions = {}) {
    this.#index = index;
    this.#allowPlain = allowPlain;
    this.#reporter = new Reporter(onEvent);
  }

  /**
   * The answer to `datagram`, or `undefined` for silence. Never throws, whatever is in it.
   * An address off this machine that has not logged in may be forged: it gets no answer longer than
   * its cause, and none to what is no request. No answer is ever given to an answer.
   *
   * @param buffer Where an answer that is due at once may be written.
   */
  answer(
    datagram: Uint8Array,
    from: Address,
    now: number,
    buffer?: Uint8Array,
  ): MaybePromise<Uint8Array> | undefined {
    if (!this.#allowPlain && !isLoopback(from.hostname)) return this.#ignore(from);
    const request = this.#decode(datagram, from);
    if (request instanceof BitTrickleError) {
      const isSilent = isAnswer(datagram) || !this.#isProven(from, now);
      return isSilent ? undefined : encodePlainReply({ kind: "error", reason: request.message });
    }
    const reply = this.#reply(request, from, now);
    const { length } = datagram;
    if (!reply) return undefined;
    if (!(reply instanceof Promise)) {
      return this.#cut(encodePlainReply(reply, buffer), from, now, length);
    }
    return reply.then((reply) => this.#cut(encodePlainReply(reply), from, now, length));
  }

  #cut(answer: Uint8Array, from: Address, now: number, length: number): Uint8Array {
    return this.#isProven(from, now) ? answer : answer.subarray(0, length);
  }

  #isProven(from: Address, now: number): boolean {
    return isLoopback(from.hostname) || this.#index.knows(from, now);
  }

  #decode(datagram: Uint8Array, from: Address): Request | BitTrickleError {
    try {
      return decodePlainRequest(datagram);
    } catch (error) {
      if (!(error instanceof BitTrickleError)) throw error;
      this.#reporter.malformed(from, error.message);
      return error;
    }
  }

  #reply(request: Request, from: Address, now: number): MaybePromise<Reply> | undefined {
    const asked = { request, from, now, cause: this.#causeAt(from, now) };
    return this.#reporter.about(asked, () => this.#index.handle(request, from, now));
  }

  /** Looked up only where somebody wants to hear it. */
  #causeAt(from: Address, now: number): EventCause {
    return this.#reporter.isHeard && this.#index.knows(from, now) ? "session" : "stranger";
  }

  #ignore(from: Address): undefined {
    this.#reporter.drop(from, "plain off this machine");
    if (this.#refused.has(from.hostname)) return;
    this.#refused.set(from.hostname, true);
    const reason = "plain protocol off this machine";
    this.#reporter.tell({ kind: "ignored", from, reason }, "stranger");
  }
}
