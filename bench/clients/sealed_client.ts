/**
 * A client of the benchmark with a sealed session.
 *
 * @module
 */

import { ready } from "@serenity-kit/opaque";
import { openWelcome } from "../../lib/peer/session/login_handshake.ts";
import { GuessAllowance, SealedLoginAttempt } from "../../lib/peer/session/sealed_login.ts";
import { sealShortTextsBy } from "../../lib/protocol/aead.ts";
import {
  decodeSealedDatagram,
  encodeSealedDatagram,
  type SealedDatagram,
} from "../../lib/protocol/sealed_datagram.ts";
import { messageHeader } from "../../lib/protocol/sealed_message.ts";
import { encodeSealedRequest, type SealedRequest } from "../../lib/protocol/sealed_request.ts";
import { openText, sealText } from "../../lib/protocol/sealed_text.ts";
import { SODIUM } from "../../lib/protocol/sodium_aead.ts";
import type { SessionKeys } from "../../lib/protocol/session_keys.ts";
import { SHARE } from "../../tests/support/sealed_as.ts";
import { Client } from "./client.ts";
import { type Measured, PASSWORD, Questions, SOURCE_PORT } from "./questions.ts";

// As the server does, which should be what limits the figures.
sealShortTextsBy(SODIUM);

await ready;

/** How often it is waited for a welcome: in a fleet etcd has to keep the session before. */
const WELCOME_WAITS = 4;

/** Speaks the sealed protocol: seals every request and opens every answer. */
export class SealedClient extends Client {
  readonly #questions = new Questions(this.user, encodeSealedRequest);
  #keys: SessionKeys | undefined;
  #number = 0;

  async *logIn(): AsyncGenerator<void, void> {
    this.socket.drain();
    const credentials = { user: this.user, password: PASSWORD };
    const trust = { known: undefined, allowance: new GuessAllowance() };
    const attempt = await SealedLoginAttempt.begin(credentials, trust);
    this.send(attempt.hello());
    yield;
    this.#take((answer) => {
      if (answer.kind !== "retry") return undefined;
      return attempt.takeToken(answer) || undefined;
    });
    this.send(attempt.hello());
    yield;
    const login = this.#take((answer) => {
      if (answer.kind !== "challenge") return undefined;
      const ports = { tcpPort: SOURCE_PORT, tlsPort: SOURCE_PORT };
      return attempt.answer(answer, { share: SHARE, ...ports, agent: "bench" });
    });
    this.send(login.datagram);
    yield;
    const welcome = this.#take((answer) => openWelcome(login.sessionKey, answer), WELCOME_WAITS);
    if (welcome.reply.kind !== "welcome") throw new Error("a login is refused");
    this.#keys = welcome.keys;
    this.#number = 1;
  }

  ask(verb: Measured, name?: string): void {
    this.#seal(this.#questions.next(verb, name));
  }

  /** Asks for anything. */
  request(request: SealedRequest): void {
    this.#seal(encodeSealedRequest(request));
  }

  override hear(): boolean {
    for (;;) {
      const answer = this.socket.receive();
      const isRight = this.isRight(answer);
      if (isRight || !this.#isEarlier(answer)) return isRight;
    }
  }

  override look(): boolean | undefined {
    const answer = this.socket.look();
    if (!answer) return undefined;
    return this.isRight(answer) || (this.#isEarlier(answer) ? undefined : false);
  }

  /** Every success begins with 200. */
  protected isRight(answer: Uint8Array): boolean {
    return this.#open(answer)?.[0] === "2".charCodeAt(0);
  }

  #seal(text: Uint8Array): void {
    const { session, toIndex } = this.#keys!;
    const number = this.#number++;
    const box = sealText(toIndex, number, messageHeader(session, number), text);
    this.send(encodeSealedDatagram({ kind: "message", session, number, box }));
  }

  /**
   * Whether `bytes` answer what was given up before, perhaps in an earlier session: taken for an answer
   * to the newest request, it would leave each one after it to the next.
   */
  #isEarlier(bytes: Uint8Array): boolean {
    if (bytes.length === 0) return false;
    const message = decodeSealedDatagram(bytes);
    if (message.kind !== "message") return false;
    return message.session !== this.#keys!.session || message.number < this.#number - 1;
  }

  /** The text in an answer, if it is one to the newest request. */
  #open(bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length === 0) return undefined;
    const message = decodeSealedDatagram(bytes);
    if (message.kind !== "message" || message.number !== this.#number - 1) return undefined;
    const { toClient, session } = this.#keys!;
    const { number, box } = message;
    return openText(toClient, number, messageHeader(session, number), box);
  }

  /** Takes an answer that is of use; those to earlier tries may be late. */
  #take<T>(use: (answer: SealedDatagram) => T | undefined, waits = 1): T {
    while (waits > 0) {
      const bytes = this.socket.receive();
      const result = bytes.length > 0 ? use(decodeSealedDatagram(bytes.slice())) : void waits--;
      if (result !== undefined) return result;
    }
    throw new Error("a step of a login is not answered");
  }
}
