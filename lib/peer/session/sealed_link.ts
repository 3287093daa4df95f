/**
 * A socket that speaks protocol 2 to the index: what is sent is sent again until it is answered.
 *
 * @module
 */

import { BitTrickleError, interrupted } from "../../errors.ts";
import type { DatagramSocket } from "../../net/datagrams.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { type Address, isSameAddress } from "../../protocol/address.ts";
import {
  decodeSealedDatagram,
  isSealed,
  type SealedDatagram,
} from "../../protocol/sealed_datagram.ts";

/** Something to send until it is answered. */
export interface Exchange<T> {
  /** What to send the `time`th time, counted from 0: one datagram or several. */
  readonly send: (time: number) => readonly Uint8Array[];
  /**
   * What an incoming datagram comes to: an answer, or `undefined` if it is none. A server with
   * several addresses may answer from another one than was asked, and who can forge an answer can
   * forge its address: an answer counts for what is in it.
   */
  readonly take: (datagram: SealedDatagram) => T | undefined;
  /** Waits between sendings in milliseconds, the last one before giving up. */
  readonly waits: readonly number[];
  /** Asked after each wait: whether there is no point in going on. */
  readonly isHopeless?: () => boolean;
}

/** An exchange under way. */
interface UnderWay {
  /** Takes an incoming datagram, if it is the answer. */
  readonly take: (datagram: SealedDatagram) => void;
  readonly cancel: () => void;
  /** Sends once more at once. */
  hurry: () => void;
}

/** Datagrams of protocol 2 to and from one index. Exchanges do not wait for each other. */
export class SealedLink implements AsyncDisposable {
  readonly #socket: DatagramSocket;
  readonly #receiving: Promise<void>;
  readonly #underWay = new Set<UnderWay>();
  #closed = false;
  /** Set when the index answered something that is not of protocol 2. */
  heardPlain = false;
  /** Set when the index answered something that is. */
  heardSealed = false;
  /** Hears of every datagram, also of one that nobody has asked for. */
  onDatagram: (datagram: SealedDatagram) => void = () => {};
  /** What the system said when it could not send, if it could not the last time. */
  sendFailure: unknown;

  /**
   * @param index Where to send to.
   * @param server Whose address that is, as it was typed.
   */
  constructor(socket: DatagramSocket, readonly index: Address, readonly server: Address = index) {
    this.#socket = socket;
    this.#receiving = socket.receive((datagram, from) => this.#receive(datagram, from));
  }

  /**
   * Sends until an answer comes, and returns it, or `undefined` if none does.
   *
   * @throws {BitTrickleError} `interrupted` after {@linkcode cancel} or {@linkcode close}
   */
  async exchange<T>({ send, take, waits, isHopeless }: Exchange<T>): Promise<T | undefined> {
    if (this.#closed) throw interrupted();
    const answer = Promise.withResolvers<T>();
    const exchange: UnderWay = {
      take: (datagram) => {
        const taken = take(datagram);
        if (taken !== undefined) answer.resolve(taken);
      },
      cancel: () => answer.reject(interrupted()),
      hurry: () => {},
    };
    this.#underWay.add(exchange);
    try {
      return await this.#sendUntil(answer.promise, exchange, send, waits, isHopeless);
    } finally {
      this.#underWay.delete(exchange);
    }
  }

  /** Sends everything that is under way once more at once. */
  hurry(): void {
    for (const exchange of this.#underWay) exchange.hurry();
  }

  /** Interrupts everything that is under way. */
  cancel(): void {
    for (const exchange of this.#underWay) exchange.cancel();
  }

  /** Interrupts what is under way and closes the socket. */
  async close(): Promise<void> {
    this.#closed = true;
    this.cancel();
    this.#socket.close();
    await this.#receiving;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #sendUntil<T>(
    answer: Promise<T>,
    exchange: UnderWay,
    send: Exchange<T>["send"],
    waits: readonly number[],
    isHopeless = () => false,
  ): Promise<T | undefined> {
    answer.catch(() => {});
    for (const [time, wait] of waits.entries()) {
      const sendNow = async () => {
        for (const datagram of send(time)) await this.#send(datagram);
      };
      exchange.hurry = sendNow;
      await sendNow();
      const taken = await withTimeout(answer, wait);
      if (taken !== undefined) return taken;
      if (isHopeless()) return undefined;
    }
  }

  /** What cannot be sent is lost, like much else: networks come back. */
  async #send(datagram: Uint8Array): Promise<void> {
    try {
      await this.#socket.send(datagram, this.index);
      this.sendFailure = undefined;
    } catch (cause) {
      this.sendFailure = cause;
    }
  }

  #receive(bytes: Uint8Array, from: Address): void {
    const isFromIndex = isSameAddress(from, this.index);
    if (isFromIndex && isSealed(bytes)) this.heardSealed = true;
    else if (isFromIndex) this.heardPlain = true;
    try {
      const datagram = decodeSealedDatagram(bytes);
      this.onDatagram(datagram);
      for (const { take } of this.#underWay) take(datagram);
    } catch (error) {
      // Not of this protocol, or damaged on the way: what is under way is sent again.
      if (!(error instanceof BitTrickleError)) throw error;
    }
  }
}
