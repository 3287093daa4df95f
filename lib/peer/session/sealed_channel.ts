/**
 * What is said within one sealed session: requests under rising numbers, and their answers.
 *
 * @module
 */

import { open, seal } from "../../protocol/aead.ts";
import { REPLY_WINDOW, REQUESTS_AT_ONCE } from "../../protocol/limits.ts";
import type { Reply } from "../../protocol/messages.ts";
import { encodeSealedDatagram, type SealedDatagram } from "../../protocol/sealed_datagram.ts";
import { messageHeader } from "../../protocol/sealed_message.ts";
import { decodeSealedReply } from "../../protocol/sealed_reply.ts";
import { encodeSealedRequest, type SealedRequest } from "../../protocol/sealed_request.ts";
import type { SessionKeys } from "../../protocol/session_keys.ts";
import { openTicket, type ShownTicket } from "../../protocol/ticket.ts";
import type { SessionRequest } from "./index_session.ts";
import type { Exchange } from "./sealed_link.ts";

const HEARTBEAT = encodeSealedRequest({ verb: "heartbeat", user: "" });

/** The keys of one session, and the next number. Number 0 was the login. */
export class SealedChannel {
  readonly #keys: SessionKeys;
  #number = 1;
  /** Numbers that have not been answered, the oldest first. */
  readonly #open = new Set<number>();
  /** How far the index's clock is ahead of this one, in milliseconds. */
  #ahead = -Infinity;

  /** @param indexTime The index's clock at the login, in milliseconds, if it told. */
  constructor(keys: SessionKeys, indexTime: number | undefined) {
    this.#keys = keys;
    this.#hearTime(indexTime);
  }

  /** What a ticket of the index allows, if it is for this session and still good. */
  openTicket(ticket: string): ShownTicket | undefined {
    const opened = openTicket(this.#keys.tickets, ticket);
    if (!opened) return undefined;
    const leftMs = opened.expires - (performance.now() + this.#ahead);
    return leftMs >= 0 ? { ...opened, leftMs } : undefined;
  }

  /**
   * Whether another request may be made. The index hears no number that is too far behind the
   * newest, and those that get lost are sent again.
   */
  get hasRoom(): boolean {
    return this.#open.size < REQUESTS_AT_ONCE && this.#spread < REPLY_WINDOW - REQUESTS_AT_ONCE;
  }

  /** Takes in that the request `number` has been answered, or will not be. */
  finish(number: number): void {
    this.#open.delete(number);
  }

  /**
   * Seals `request` under a number of its own. It comes to its reply, or to `lost` if the index does
   * not know the session.
   *
   * @throws {BitTrickleError} `usage` if it does not fit into a message; then no number is used
   */
  carry(request: SessionRequest): Omit<Exchange<Reply | "lost">, "waits"> & { number: number } {
    const text = encodeSealedRequest({ ...request, user: "" } as SealedRequest);
    const number = this.#number++;
    this.#open.add(number);
    const datagram = this.#seal(number, text);
    // The index hears nothing new in a request that is sent again: heartbeats go with the oldest.
    const beat = () => this.#seal(this.#number++, HEARTBEAT);
    const mayBeat = (time: number) => isBeatTime(time) && this.#oldest === number && this.#mayBeat;
    return {
      number,
      send: (time) => mayBeat(time) ? [datagram, beat()] : [datagram],
      take: (incoming) => this.#take(incoming, number, request),
    };
  }

  get #oldest(): number | undefined {
    return this.#open.values().next().value;
  }

  /** How far the oldest number that is open is behind the next. */
  get #spread(): number {
    return this.#number - (this.#oldest ?? this.#number);
  }

  get #mayBeat(): boolean {
    return this.#spread < REPLY_WINDOW - 1;
  }

  #take(
    incoming: SealedDatagram,
    number: number,
    request: SessionRequest,
  ): Reply | "lost" | undefined {
    const { session, toClient } = this.#keys;
    if (incoming.kind === "reset" && incoming.session === session) return "lost";
    if (incoming.kind !== "message" || incoming.session !== session) return undefined;
    if (incoming.number !== number) return undefined;
    const answer = open(toClient, number, messageHeader(session, number), incoming.box);
    if (!answer) return undefined;
    const wanted = request.verb === "get" ? request.name : undefined;
    const reply = decodeSealedReply(request.verb, answer, wanted);
    if (reply.kind === "done") this.#hearTime(reply.time);
    return reply;
  }

  /** An answer is late by the time that it travelled: the quickest one is the truest. */
  #hearTime(indexTime = -Infinity): void {
    this.#ahead = Math.max(this.#ahead, indexTime - performance.now());
  }

  #seal(number: number, text: Uint8Array): Uint8Array {
    const { session, toIndex } = this.#keys;
    const box = seal(toIndex, number, messageHeader(session, number), text);
    return encodeSealedDatagram({ kind: "message", session, number, box });
  }
}

/** Every second time from the third on: often enough, and the request stays within the window. */
function isBeatTime(time: number): boolean {
  return time > 0 && time % 2 === 0;
}
