/**
 * What is said within one sealed session: requests under rising numbers, and their answers.
 *
 * @module
 */

import { open, seal } from "../protocol/box.ts";
import type { Reply } from "../protocol/messages.ts";
import {
  encodeSealedDatagram,
  messageHeader,
  type SealedDatagram,
} from "../protocol/sealed_datagram.ts";
import { decodeSealedReply } from "../protocol/sealed_reply.ts";
import { encodeSealedRequest, type SealedRequest } from "../protocol/sealed_request.ts";
import type { SessionKeys } from "../protocol/session_keys.ts";
import { type OpenedTicket, openTicket } from "../protocol/ticket.ts";
import type { SessionRequest } from "./index_session.ts";
import type { Exchange } from "./sealed_link.ts";

/** The keys of one session, and the next number. Number 0 was the login. */
export class SealedChannel {
  readonly #keys: SessionKeys;
  #number = 1;
  /** How far the index's clock is ahead of this one, in milliseconds. */
  #ahead = -Infinity;

  /** @param indexTime The index's clock at the login, in milliseconds, if it told. */
  constructor(keys: SessionKeys, indexTime: number | undefined) {
    this.#keys = keys;
    this.#hearTime(indexTime);
  }

  /** What a ticket of the index allows, if it is for this session and still good. */
  openTicket(ticket: string): OpenedTicket | undefined {
    const opened = openTicket(this.#keys.tickets, ticket);
    const indexNow = performance.now() + this.#ahead;
    return opened && indexNow <= opened.expires ? opened : undefined;
  }

  /**
   * Seals `request` under a number of its own. It comes to its reply, or to `lost` if the index does
   * not know the session.
   *
   * @throws {BitTrickleError} `usage` if it does not fit into a message
   */
  carry(request: SessionRequest): Omit<Exchange<Reply | "lost">, "waits"> {
    const number = this.#number++;
    const datagram = this.#seal(number, request);
    // The index hears nothing new in a request that is sent again: heartbeats go with it.
    const beat = () => this.#seal(this.#number++, { verb: "heartbeat" });
    return {
      send: (time) => isBeatTime(time) ? [datagram, beat()] : [datagram],
      take: (incoming) => this.#take(incoming, number, request),
    };
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
    const reply = decodeSealedReply(request.verb, answer);
    if (reply.kind === "done") this.#hearTime(reply.time);
    return reply;
  }

  /** An answer is late by the time that it travelled: the quickest one is the truest. */
  #hearTime(indexTime = -Infinity): void {
    this.#ahead = Math.max(this.#ahead, indexTime - performance.now());
  }

  #seal(number: number, request: SessionRequest): Uint8Array {
    const { session, toIndex } = this.#keys;
    const text = encodeSealedRequest({ ...request, user: "" } as SealedRequest);
    const box = seal(toIndex, number, messageHeader(session, number), text);
    return encodeSealedDatagram({ kind: "message", session, number, box });
  }
}

/** Every second time from the third on: often enough, and the request stays within the window. */
function isBeatTime(time: number): boolean {
  return time > 0 && time % 2 === 0;
}
