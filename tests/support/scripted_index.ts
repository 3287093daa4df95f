/**
 * An index of protocol 2 that is made of the codecs alone, and that does what a test tells it: it
 * forges, swaps, repeats or withholds whatever somebody on the way could.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { client, ready, server } from "@serenity-kit/opaque";
import { DatagramSocket } from "../../lib/net/datagrams.ts";
import type { Address } from "../../lib/protocol/address.ts";
import { decodeSealedLogin, type SealedLogin } from "../../lib/protocol/login_text.ts";
import type { Reply } from "../../lib/protocol/messages.ts";
import { KEY_STRETCHING, opaqueIdentifiers } from "../../lib/protocol/opaque_settings.ts";
import {
  type Challenge,
  decodeSealedDatagram,
  echoOf,
  encodeSealedDatagram,
  type Hello,
  LOGIN_HEADER,
  type SealedDatagram,
  signedTextOf,
  type Stretching,
  type Unsigned,
} from "../../lib/protocol/sealed_datagram.ts";
import { messageHeader, welcomeHeader } from "../../lib/protocol/sealed_message.ts";
import { encodeSealedReply } from "../../lib/protocol/sealed_reply.ts";
import { decodeSealedRequest, type SealedRequest } from "../../lib/protocol/sealed_request.ts";
import { openText, sealText } from "../../lib/protocol/sealed_text.ts";
import {
  deriveLoginKey,
  deriveSessionKeys,
  type SessionKeys,
} from "../../lib/protocol/session_keys.ts";
import { Signer } from "../../lib/protocol/signature.ts";
import { TEST_HOST } from "./host.ts";

await ready;

type Login = SealedDatagram & { kind: "login" };
type Message = SealedDatagram & { kind: "message" };

/** What is sent in answer to something. */
export type Answers = readonly (SealedDatagram | Uint8Array)[];

/** Keys of a server, and what can be made with them. */
export class ServerIdentity {
  readonly setup: string = server.createSetup();
  readonly signer: Signer = new Signer(crypto.getRandomValues(new Uint8Array(32)));
  readonly #states = new Map<string, { readonly state: string; readonly user: string }>();

  get opaqueKey(): string {
    return server.getPublicKey(this.setup);
  }

  /** A challenge that opens with `password`, as the server of these keys would make it. */
  challenge(hello: Hello, password: string, stretching: Stretching = "light"): Challenge {
    const { user, ke1 } = hello;
    const { serverLoginState, loginResponse } = server.startLogin({
      serverSetup: this.setup,
      userIdentifier: user,
      registrationRecord: this.#register(user, password, stretching),
      startLoginRequest: ke1,
      identifiers: opaqueIdentifiers(user),
    });
    const cookie = crypto.getRandomValues(new Uint8Array(12)).toBase64({ alphabet: "base64url" });
    this.#states.set(cookie, { state: serverLoginState, user });
    const kind = "challenge" as const;
    return this.signed({ kind, echo: echoOf(ke1), cookie, ke2: loginResponse, stretching }, hello);
  }

  busy(hello: Hello, seconds = 60): SealedDatagram {
    return this.signed({ kind: "busy", echo: echoOf(hello.ke1), seconds }, hello);
  }

  unable(hello: Hello, seconds = 60): SealedDatagram {
    return this.signed({ kind: "unable", echo: echoOf(hello.ke1), seconds }, hello);
  }

  signed<A extends Unsigned>(answer: A, hello: Hello) {
    return { ...answer, signature: this.signer.sign(signedTextOf(answer, hello)) };
  }

  /** OPAQUE's session key, if `login` answers one of the challenges. */
  finish({ cookie, ke3 }: Login): string | undefined {
    const content = this.#states.get(cookie);
    if (!content) return undefined;
    try {
      return server.finishLogin({
        serverLoginState: content.state,
        finishLoginRequest: ke3,
        identifiers: opaqueIdentifiers(content.user),
      }).sessionKey;
    } catch {
      return undefined;
    }
  }

  #register(user: string, password: string, stretching: Stretching): string {
    const { clientRegistrationState, registrationRequest } = client.startRegistration({ password });
    const { registrationResponse } = server.createRegistrationResponse({
      serverSetup: this.setup,
      userIdentifier: user,
      registrationRequest,
    });
    return client.finishRegistration({
      clientRegistrationState,
      registrationResponse,
      password,
      keyStretching: KEY_STRETCHING[stretching],
      identifiers: opaqueIdentifiers(user),
    }).registrationRecord;
  }
}

const RESET_VALUE = "R".repeat(21) + "A";

/** A running index of any number of users, whose passwords are all `pw-<user>`. */
export class ScriptedIndex implements AsyncDisposable {
  /** Everything that has come, decoded. */
  readonly heard: SealedDatagram[] = [];
  /** Every request that has come, as often as it came. */
  readonly requests: (SealedRequest & { readonly number: number })[] = [];
  /** What was told with each login, and the session that it opened. */
  readonly logins: (SealedLogin & Pick<SessionKeys, "session" | "tickets">)[] = [];
  stretching: Stretching = "light";
  readonly #socket: DatagramSocket;
  readonly #receiving: Promise<void>;
  readonly #sessions = new Map<string, SessionKeys>();
  readonly #boxes = new Map<string, string>();

  /** What answers a hello that has shown its token. */
  onHello: (hello: Hello) => Answers = (hello) => [this.challenge(hello)];
  /** What answers a login that is right. */
  onLogin: (welcome: Uint8Array) => Answers = (welcome) => [welcome];
  /** What a login that is right comes to, if not to a session. */
  refusal: Reply | undefined;
  /** The reply to a request; none is silence. */
  onRequest: (request: SealedRequest, number: number) => Reply | undefined = replyTo;
  /** What answers everything, if it is set. */
  onAnything: (() => Answers) | undefined;
  /** What answers a message, instead of its reply. */
  onMessage: ((message: Message) => Answers) | undefined;

  constructor(
    readonly identity: ServerIdentity = new ServerIdentity(),
    { hostname = TEST_HOST, port = 0 }: Partial<Address> = {},
  ) {
    this.#socket = DatagramSocket.bind({ hostname, port });
    this.#receiving = this.#socket.receive((bytes, from) => this.#take(bytes.slice(), from));
  }

  get address(): Address {
    return this.#socket.address;
  }

  /** The right answer to a hello. */
  challenge(hello: Hello): Challenge {
    return this.identity.challenge(hello, `pw-${hello.user}`, this.stretching);
  }

  /** How many datagrams of `kind` have come. */
  count(kind: SealedDatagram["kind"]): number {
    return this.heard.filter((datagram) => datagram.kind === kind).length;
  }

  /** Tells the client of `message` that its session is over. */
  reset(message: Message, value = RESET_VALUE): Answers {
    return [{ kind: "reset", session: message.session, value }];
  }

  /** Ends all sessions: from now on their messages are answered by resets. */
  forgetSessions(): void {
    this.#sessions.clear();
  }

  /** The right answer to a message. */
  answer(message: Message): Answers {
    const { session, number, box } = message;
    const keys = this.#sessions.get(session);
    if (!keys) return this.reset(message);
    const text = openText(keys.toIndex, number, messageHeader(session, number), box);
    this.#assertOneText(message);
    const request = decodeSealedRequest(text!, "");
    this.requests.push({ ...request, number });
    const reply = this.onRequest(request, number);
    if (!reply) return [];
    const header = messageHeader(session, number);
    const key = reply.kind === "moved" ? keys.moves : keys.toClient;
    const sealed = sealText(key, number, header, encodeSealedReply(reply));
    return [{ kind: "message", session, number, box: sealed }];
  }

  /** Under one key, no number may ever stand for two texts. */
  #assertOneText({ session, number, box }: Message): void {
    const name = `${session} ${number}`;
    const seen = this.#boxes.get(name) ?? box.toHex();
    this.#boxes.set(name, seen);
    assertEquals(box.toHex(), seen, `number ${number} stands for two texts`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#receiving;
  }

  async #take(bytes: Uint8Array, from: Address): Promise<void> {
    const datagram = decodeSealedDatagram(bytes);
    this.heard.push(datagram);
    for (const answer of this.#answers(datagram)) {
      const encoded = answer instanceof Uint8Array ? answer : encodeSealedDatagram(answer);
      await this.#socket.send(encoded, from);
    }
  }

  #answers(datagram: SealedDatagram): Answers {
    if (this.onAnything) return this.onAnything();
    switch (datagram.kind) {
      case "hello":
        if (datagram.token) return this.onHello(datagram);
        return [{ kind: "retry", echo: echoOf(datagram.ke1), token: "AAAA" }];
      case "login":
        return this.#logIn(datagram);
      case "message":
        return this.onMessage?.(datagram) ?? this.answer(datagram);
    }
    return [];
  }

  #logIn(login: Login): Answers {
    const sessionKey = this.identity.finish(login);
    if (sessionKey === undefined) return [];
    const text = openText(deriveLoginKey(sessionKey), 0, LOGIN_HEADER, login.box);
    const told = decodeSealedLogin(text!);
    const salt = crypto.getRandomValues(new Uint8Array(16));
    const keys = deriveSessionKeys(sessionKey, salt);
    this.#sessions.set(keys.session, keys);
    this.logins.push({ ...told, session: keys.session, tickets: keys.tickets });
    const proofs = { resetValue: RESET_VALUE, signingKey: this.identity.signer.publicKey };
    const reply = encodeSealedReply(this.refusal ?? { kind: "welcome", time: 0, proofs });
    const box = sealText(keys.toClient, 0, welcomeHeader(salt, keys.session), reply);
    return this.onLogin(
      encodeSealedDatagram({ kind: "welcome", salt, session: keys.session, box }),
    );
  }
}

/** What an index says that has nobody and nothing. */
export function replyTo({ verb }: SealedRequest): Reply {
  switch (verb) {
    case "lap":
      return { kind: "list", of: "active peers", items: [], more: 0 };
    case "lpf":
      return { kind: "list", of: "files published", items: [], more: 0 };
    default:
      return { kind: "done", ...verb === "heartbeat" ? { time: 0 } : {} };
  }
}
