/**
 * One user of the request benchmark with a sealed session.
 *
 * @module
 */

import { ready } from "@serenity-kit/opaque";
import { SealedLoginAttempt } from "../../lib/peer/session/sealed_login.ts";
import { open, seal } from "../../lib/protocol/aead.ts";
import type { Reply } from "../../lib/protocol/messages.ts";
import {
  decodeSealedDatagram,
  encodeSealedDatagram,
  messageHeader,
  type SealedDatagram,
} from "../../lib/protocol/sealed_datagram.ts";
import { decodeSealedReply } from "../../lib/protocol/sealed_reply.ts";
import { encodeSealedRequest, type SealedRequest } from "../../lib/protocol/sealed_request.ts";
import type { SessionKeys } from "../../lib/protocol/session_keys.ts";
import type { AnyAsker } from "./asker.ts";
import { FastUdp } from "./fast_udp.ts";
import { type Measured, Questions } from "./questions.ts";
import { PASSWORD, SOURCE_PORT } from "./users.ts";

await ready;

/** Speaks the sealed protocol: seals every request and opens every answer. */
export class SealedAsker implements AnyAsker {
  readonly #user: string;
  readonly #socket: FastUdp;
  readonly #questions: Questions;
  #keys: SessionKeys | undefined;
  #number = 0;

  constructor(port: number, user: string) {
    this.#user = user;
    this.#socket = new FastUdp(port);
    this.#questions = new Questions(user, encodeSealedRequest);
  }

  async enter(): Promise<void> {
    this.#socket.drain();
    const attempt = await SealedLoginAttempt.begin(this.#user, PASSWORD);
    const retry = this.#exchange(attempt.hello());
    if (retry.kind !== "retry") throw new Error(`a hello is answered by ${retry.kind}`);
    attempt.takeToken(retry.token);
    const challenge = this.#exchange(attempt.hello());
    if (challenge.kind !== "challenge") throw new Error(`a token brings ${challenge.kind}`);
    const login = attempt.answer(challenge, { tcpPort: SOURCE_PORT, agent: "bench" });
    if (!login) throw new Error("the password is wrong");
    this.#keys = login.keys;
    this.#number = 1;
    this.#socket.send(login.datagram as Uint8Array<ArrayBuffer>);
    if (!this.hear()) throw new Error("a proof of the password brings no welcome");
  }

  publish(name: string): void {
    this.#send(encodeSealedRequest({ verb: "pub", user: this.#user, name }));
  }

  ask(verb: Measured): void {
    this.#send(this.#questions.next(verb));
  }

  /** Asks for anything. */
  send(request: SealedRequest): void {
    this.#send(encodeSealedRequest(request));
  }

  /** Asks for something that is not measured, and waits for the answer. */
  say(request: SealedRequest): Reply | undefined {
    this.send(request);
    const text = this.#open(this.#socket.receive());
    return text && decodeSealedReply(request.verb, text);
  }

  hear(): boolean {
    return isRight(this.#open(this.#socket.receive()));
  }

  look(): boolean | undefined {
    const bytes = this.#socket.look();
    return bytes && isRight(this.#open(bytes));
  }

  #send(text: Uint8Array): void {
    const { session, toIndex } = this.#keys!;
    const number = this.#number++;
    const box = seal(toIndex, number, messageHeader(session, number), text);
    const datagram = encodeSealedDatagram({ kind: "message", session, number, box });
    this.#socket.send(datagram as Uint8Array<ArrayBuffer>);
  }

  /** The text in an answer, if it is one to the newest request. */
  #open(bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length === 0) return undefined;
    const message = decodeSealedDatagram(bytes);
    if (message.kind !== "message" || message.number !== this.#number - 1) return undefined;
    const { toClient, session } = this.#keys!;
    const { number, box } = message;
    return open(toClient, number, messageHeader(session, number), box);
  }

  #exchange(datagram: Uint8Array): SealedDatagram {
    this.#socket.send(datagram as Uint8Array<ArrayBuffer>);
    return decodeSealedDatagram(this.#socket.receive().slice());
  }
}

/** Every success begins with 200. */
function isRight(text: Uint8Array | undefined): boolean {
  return text?.[0] === "2".charCodeAt(0);
}
