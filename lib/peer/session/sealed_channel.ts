/**
 * What is said within one sealed session: requests under rising numbers, and their answers.
 *
 * @module
 */

import { REPLY_WINDOW, REQUESTS_AT_ONCE } from "../../protocol/limits.ts";
import type { IndexProofs, Reply } from "../../protocol/messages.ts";
import { encodeSealedDatagram, type SealedDatagram } from "../../protocol/sealed_datagram.ts";
import { messageHeader, type SealedMessage } from "../../protocol/sealed_message.ts";
import { decodeSealedReply } from "../../protocol/sealed_reply.ts";
import { encodeSealedRequest, type SealedRequest } from "../../protocol/sealed_request.ts";
import { openText, sealText } from "../../protocol/sealed_text.ts";
import type { SessionKeys } from "../../protocol/session_keys.ts";
import { openTicket, type ShownTicket } from "../../protocol/ticket.ts";
import { IndexClock } from "./index_clock.ts";
import type { SessionRequest } from "./index_session.ts";
import type { Exchange } from "./sealed_link.ts";

const HEARTBEAT = encodeSealedRequest({ verb: "heartbeat", user: "" });

/** What the welcome to a session told. */
export interface Welcomed {
  readonly keys: SessionKeys;
  /** The index's clock at the login, in milliseconds, if it told. */
  readonly indexTime: number | undefined;
  readonly proofs: Pick<IndexProofs, "resetValue">;
}

/** A request under a number of its own. */
export type Carried = Omit<Exchange<Reply | "lost">, "waits"> & { readonly number: number };

/** The keys of one session, and the next number. Number 0 was the welcome. */
export class SealedChannel {
  readonly #keys: SessionKeys;
  /** What a reset has that comes from the index. */
  readonly #resetValue: string;
  #number = 1;
  /** Numbers that have not been answered, the oldest first. */
  readonly #open = new Set<number>();
  readonly #clock = new IndexClock();
  #withdrawals = 0;
  #heardAt = performance.now();

  constructor({ keys, indexTime, proofs }: Welcomed) {
    this.#keys = keys;
    this.#resetValue = proofs.resetValue;
    this.#hearTime(indexTime, -Infinity);
  }

  /** The session's name. */
  get session(): string {
    return this.#keys.session;
  }

  /** What a ticket of the index allows, if it is for this session and still good. */
  openTicket(ticket: string): ShownTicket | undefined {
    const opened = openTicket(this.#keys.tickets, ticket);
    if (!opened) return undefined;
    const leftMs = opened.expires - this.#clock.at(performance.now());
    return leftMs >= 0 ? { ...opened, leftMs } : undefined;
  }

  /** When the index was heard last, in milliseconds of this machine's steady clock. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** How often the user has withdrawn a name everywhere by other sessions, as the index has told. */
  get withdrawals(): number {
    return this.#withdrawals;
  }

  /**
   * Whether another request may be made. The index hears no number that is too far behind the
   * newest, and those that get lost are sent again.
   */
  get hasRoom(): boolean {
    return this.#open.size < REQUESTS_AT_ONCE && this.#spread < REPLY_WINDOW - REQUESTS_AT_ONCE;
  }

  /** Anybody can say that the session is lost: only the index has been told with what value. */
  isReset(incoming: SealedDatagram): boolean {
    return incoming.kind === "reset" && incoming.session === this.#keys.session &&
      incoming.value === this.#resetValue;
  }

  /** Takes in that the request `number` has been answered, or will not be. */
  finish(number: number): void {
    this.#open.delete(number);
  }

  /**
   * Seals `request` under a number of its own. It comes to its reply, or to `lost` if the index does
   * not know the session.
   *
   * @param onMoved Hears that the index wants this address proven before it takes anything from it. The
   * request is sent on under its number, which is not used by that
   * @throws {BitTrickleError} `usage` if it does not fit into a message; then no number is used
   */
  carry(request: SessionRequest, onMoved: (token: string) => void): Carried {
    const text = encodeSealedRequest({ ...request, user: "" } as SealedRequest);
    const number = this.#number++;
    this.#open.add(number);
    const datagram = this.#seal(number, text);
    const sentAt = performance.now();
    // The index hears nothing new in a request that is sent again: heartbeats go with the oldest.
    // Here is when each was sent.
    const beats = new Map<number, number>();
    const beat = () => {
      beats.set(this.#number, performance.now());
      return this.#seal(this.#number++, HEARTBEAT);
    };
    // From an address that is not proven nothing else is heard, so there they always go with it.
    let isMoving = false;
    const mayBeat = (time: number) => {
      return (isMoving || isBeatTime(time)) && this.#oldest === number && this.#mayBeat;
    };
    return {
      number,
      send: (time) => mayBeat(time) ? [datagram, beat()] : [datagram],
      take: (incoming) => {
        if (this.isReset(incoming)) return "lost";
        if (incoming.kind !== "message") return undefined;
        const beatAt = beats.get(incoming.number);
        const isBeat = beatAt !== undefined;
        if (incoming.number !== number && !isBeat) return undefined;
        const reply = this.#read(
          incoming,
          isBeat ? { verb: "heartbeat" } : request,
          beatAt ?? sentAt,
        );
        // A token that is not good is not asked about again: there is a new one.
        if (reply?.kind !== "moved" || request.verb === "move") return isBeat ? undefined : reply;
        isMoving = true;
        onMoved(reply.token);
      },
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

  /** The reply in `message` to `request`, which was first sent at `sentAt`, if it is one. */
  #read(message: SealedMessage, request: SessionRequest, sentAt: number): Reply | undefined {
    const { session, toClient, moves } = this.#keys;
    const { number, box } = message;
    if (message.session !== session) return undefined;
    const header = messageHeader(session, number);
    const answer = openText(toClient, number, header, box);
    const told = answer ?? openText(moves, number, header, box);
    if (!told) return undefined;
    this.#heardAt = performance.now();
    const wanted = request.verb === "get" ? request.name : undefined;
    const reply = decodeSealedReply(request.verb, told, wanted);
    // What the index says to an address that is not proven is that, and nothing else.
    if ((reply.kind === "moved") !== (answer === undefined)) return undefined;
    if (reply.kind === "done") this.#hearTime(reply.time, sentAt);
    // An old answer may come late.
    if (reply.kind === "done" && reply.withdrawals !== undefined) {
      this.#withdrawals = Math.max(this.#withdrawals, reply.withdrawals);
    }
    return reply;
  }

  #hearTime(indexTime: number | undefined, sentAt: number): void {
    if (indexTime !== undefined) {
      this.#clock.hear(indexTime, { sentAt, heardAt: performance.now() });
    }
  }

  #seal(number: number, text: Uint8Array): Uint8Array {
    const { session, toIndex } = this.#keys;
    const box = sealText(toIndex, number, messageHeader(session, number), text);
    return encodeSealedDatagram({ kind: "message", session, number, box });
  }
}

/** Every second time from the third on: often enough, and the request stays within the window. */
function isBeatTime(time: number): boolean {
  return time > 0 && time % 2 === 0;
}
