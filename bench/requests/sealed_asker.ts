/**
 * One user of the request benchmark with a sealed session.
 *
 * @module
 */

import { ready } from "@serenity-kit/opaque";
import { SealedLoginAttempt } from "../../lib/peer/sealed_login.ts";
import { open, seal } from "../../lib/protocol/box.ts";
import type { Request } from "../../lib/protocol/messages.ts";
import {
  decodeSealedDatagram,
  encodeSealedDatagram,
  messageHeader,
  type SealedDatagram,
} from "../../lib/protocol/sealed_datagram.ts";
import { decodeSealedReply } from "../../lib/protocol/sealed_reply.ts";
import { encodeSealedRequest, type SealedRequest } from "../../lib/protocol/sealed_request.ts";
import type { SessionKeys } from "../../lib/protocol/session_keys.ts";
import { FastUdp } from "./fast_udp.ts";
import { FILE, PASSWORD, SOURCE_PORT } from "./users.ts";

await ready;

/** Asks one request again and again, sealed anew each time, and opens each answer. */
export class SealedAsker {
  readonly #user: string;
  readonly #socket: FastUdp;
  #keys: SessionKeys | undefined;
  #number = 0;

  constructor(port: number, user: string) {
    this.#user = user;
    this.#socket = new FastUdp(port);
  }

  /** Logs in at the server, again if need be. */
  async logIn(): Promise<void> {
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
    this.#expect("login", this.#exchange(login.datagram), 0, "welcome");
  }

  /** Publishes what everybody asks for. */
  publish(): void {
    const number = this.#number;
    this.#send({ verb: "pub", user: "", name: FILE });
    this.#expect("pub", this.#receive(), number, "published");
  }

  /** Asks for the file. */
  ask(): void {
    this.#send({ verb: "get", user: "", name: FILE });
  }

  /** Waits for the answer. Returns the first byte of what is in it, if it is whole. */
  hear(): number | undefined {
    const keys = this.#keys!;
    const bytes = this.#socket.receive();
    if (bytes.length === 0) return undefined;
    const message = decodeSealedDatagram(bytes);
    if (message.kind !== "message") return undefined;
    const { number, box } = message;
    return open(keys.toClient, number, messageHeader(keys.session, number), box)?.[0];
  }

  #send(request: Exclude<Request, { verb: "login" }>): void {
    const { session, toIndex } = this.#keys!;
    const number = this.#number++;
    const text = encodeSealedRequest(request as SealedRequest);
    const box = seal(toIndex, number, messageHeader(session, number), text);
    const datagram = encodeSealedDatagram({ kind: "message", session, number, box });
    this.#socket.send(datagram as Uint8Array<ArrayBuffer>);
  }

  #exchange(datagram: Uint8Array): SealedDatagram {
    this.#socket.send(datagram as Uint8Array<ArrayBuffer>);
    return this.#receive();
  }

  #receive(): SealedDatagram {
    return decodeSealedDatagram(this.#socket.receive().slice());
  }

  #expect(verb: "login" | "pub", message: SealedDatagram, number: number, kind: string): void {
    const keys = this.#keys!;
    const header = messageHeader(keys.session, number);
    const text = message.kind === "message"
      ? open(keys.toClient, number, header, message.box)
      : undefined;
    const reply = text && decodeSealedReply(verb, text);
    if (reply?.kind !== kind) throw new Error(`${verb} is answered by ${reply?.kind}`);
  }
}
