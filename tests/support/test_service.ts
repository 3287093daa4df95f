/**
 * Talking to an index in datagrams of protocol 2, written with the library of OPAQUE and the codecs
 * alone: nothing here is shared with the client in `lib/peer`.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { client, ready, server } from "@serenity-kit/opaque";
import type { MaybePromise } from "../../lib/async/maybe_promise.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { Index } from "../../lib/index/index.ts";
import { InMemoryJournal, type Journal } from "../../lib/index/catalogue/journal.ts";
import { AT_ONCE, type Defer } from "../../lib/index/long_work.ts";
import { LoginRecords } from "../../lib/index/login/login_records.ts";
import { deriveResetKey } from "../../lib/index/login/server_keys.ts";
import { ResetValues } from "../../lib/index/sessions/reset_values.ts";
import type { Registrations } from "../../lib/index/registrations.ts";
import { Service } from "../../lib/index/service/service.ts";
import type { ServiceEvent } from "../../lib/index/service/service_event.ts";
import type { Address } from "../../lib/protocol/address.ts";
import { encodeSealedLogin, type SealedLogin } from "../../lib/protocol/login_text.ts";
import type { Networks } from "../../lib/protocol/networks.ts";
import type { IndexProofs, Reply, Verb } from "../../lib/protocol/messages.ts";
import {
  decodeSealedDatagram,
  encodeSealedDatagram,
  LOGIN_HEADER,
  type SealedDatagram,
} from "../../lib/protocol/sealed_datagram.ts";
import { messageHeader, welcomeHeader } from "../../lib/protocol/sealed_message.ts";
import { decodeSealedReply } from "../../lib/protocol/sealed_reply.ts";
import { encodeSealedRequest, type SealedRequest } from "../../lib/protocol/sealed_request.ts";
import { openText, sealText } from "../../lib/protocol/sealed_text.ts";
import {
  deriveLoginKey,
  deriveSessionKeys,
  type SessionKeys,
} from "../../lib/protocol/session_keys.ts";
import { KEY_STRETCHING, opaqueIdentifiers } from "../../lib/protocol/opaque_settings.ts";
import { atOnce } from "./at_once.ts";
import { SHARE } from "./sealed_as.ts";
import { CREDENTIALS } from "./users.ts";

await ready;

/** The server's long-term key in every test. */
export const SETUP: string = server.createSetup();

/** The records of all tests: the same password needs to be registered only once. */
/** What tells the index of the tests from others with its keys. */
export const INSTANCE = "index 127.0.0.1:6000";
const RECORDS = new LoginRecords(SETUP);

/** What a datagram may be about. */
export type Kind = SealedDatagram["kind"];

const LABEL = "0123456789abcdef".repeat(2);

/** An index and what it told. */
export class TestService {
  readonly index: Index;
  readonly events: ServiceEvent[] = [];
  readonly #service: Service;

  constructor(
    credentials = CREDENTIALS,
    records = RECORDS,
    journal: Journal = new InMemoryJournal(),
    defer: Defer = AT_ONCE,
    instance = INSTANCE,
    registrations?: Registrations,
    advertisable?: Networks,
  ) {
    const accounts = Accounts.parse(credentials);
    this.index = new Index(accounts, { journal, ...registrations ? { registrations } : {} });
    const onEvent = (event: ServiceEvent) => void this.events.push(event);
    this.#service = new Service(this.index, {
      ...{ setup: SETUP, instance, records, onEvent, defer },
      advertisable,
    });
  }

  /** Sends a datagram and returns the answer, which may come later. */
  answer(
    datagram: Uint8Array,
    from: Address,
    now: number,
  ): MaybePromise<Uint8Array | undefined> {
    return this.#service.answer(datagram, from, now);
  }

  /** Tells of logins that nobody has gone on with. */
  expire(now: number): void {
    this.#service.expire(now);
  }

  /** Sends a datagram and returns the answer. */
  send(datagram: Uint8Array, from: Address, now = 0): Uint8Array | undefined {
    return atOnce(this.answer(datagram, from, now));
  }

  /** Sends a datagram whose answer has to wait, and whose bytes are overwritten meanwhile. */
  async sendAndGoOn(datagram: Uint8Array, from: Address, now = 0): Promise<Uint8Array> {
    const buffer = datagram.slice();
    const coming = this.#service.answer(buffer, from, now);
    buffer.fill(0);
    assert(coming instanceof Promise, "the answer is there at once");
    const answer = await coming;
    assert(answer, "there is no answer");
    return answer;
  }

  /** Sends a request of protocol 1 and returns the text of its answer. */
  sendPlain(text: string, from: Address, now = 0): string {
    return new TextDecoder().decode(this.send(new TextEncoder().encode(text), from, now));
  }

  /** A user who is logged in, with the password of every test. */
  member(user: string, from: Address, now = 0, told: Told = {}): ServiceClient {
    const member = new ServiceClient(this, user, from, undefined, SHARE, told);
    assertEquals(member.logIn(now)?.kind, "welcome");
    // As if it had a certificate, so that there are tickets for it.
    this.index.sealedSession(member.keys.session)!.tlsLabel = LABEL;
    return member;
  }

  /** Names that `user` publishes. */
  published(user: string, asker: ServiceClient, now = 0): readonly string[] {
    const reply = asker.ask({ verb: "lpf", user: asker.user, of: user }, now);
    assert(reply?.kind === "list");
    return reply.items;
  }
}

/** What a client may say of itself. */
type Told = Pick<SealedLogin, "device" | "folder" | "advertised">;

/** The client of one user. */
export class ServiceClient {
  readonly password: string;
  readonly #state: string;
  /** The first message of OPAQUE. */
  readonly ke1: string;
  /** That of the last hello. */
  token: string | undefined;
  /** The number of the next request. */
  number = 1;
  /** The index's clock, as it told last. */
  indexTime: number | undefined;
  #sessionKey: string | undefined;
  #keys: SessionKeys | undefined;
  /** What the welcome told of the index. */
  proofs: IndexProofs | undefined;

  constructor(
    readonly service: TestService,
    readonly user: string,
    readonly from: Address,
    password?: string,
    /** What it serves; none if it is empty. */
    readonly share = SHARE,
    /** What it says of itself. */
    readonly told: Told = {},
  ) {
    this.password = password ?? `pw-${user}`;
    const { clientLoginState, startLoginRequest } = client.startLogin({ password: this.password });
    this.#state = clientLoginState;
    this.ke1 = startLoginRequest;
  }

  get keys(): SessionKeys {
    assert(this.#keys, "not logged in");
    return this.#keys;
  }

  /** A hello, without a token if none is given. */
  hello(token?: string): Uint8Array {
    this.token = token;
    return encodeSealedDatagram({ kind: "hello", user: this.user, ke1: this.ke1, token });
  }

  /** A hello with a token that was issued at `now`. */
  provenHello(now = 0): Uint8Array {
    const retry = decoded(this.service.send(this.hello(), this.from, now));
    assert(retry?.kind === "retry");
    return this.hello(retry.token);
  }

  /** Says hello, with a token that was issued at `now`, and returns the answer. */
  greet(now = 0): SealedDatagram | undefined {
    return decoded(this.service.send(this.provenHello(now), this.from, now));
  }

  /**
   * The login that answers `challenge`, or `undefined` if the password does not. Records of tests
   * are always stretched lightly, whatever the index has to say for them.
   */
  proof(challenge: SealedDatagram | undefined, text?: Uint8Array): Uint8Array | undefined {
    assert(challenge?.kind === "challenge");
    const proof = client.finishLogin({
      clientLoginState: this.#state,
      loginResponse: challenge.ke2,
      password: this.password,
      keyStretching: KEY_STRETCHING.light,
      identifiers: opaqueIdentifiers(this.user),
    });
    if (!proof) return undefined;
    assertEquals(proof.serverStaticPublicKey, server.getPublicKey(SETUP));
    this.#sessionKey = proof.sessionKey;
    const share = this.share ? { share: this.share } : {};
    const { port } = this.from;
    const agent = "test/1 (a %)";
    const ports = { tcpPort: port, tlsPort: port };
    const login = text ?? encodeSealedLogin({ ...share, ...ports, agent, ...this.told });
    const box = sealText(deriveLoginKey(proof.sessionKey), 0, LOGIN_HEADER, login);
    const { cookie } = challenge;
    return encodeSealedDatagram({ kind: "login", cookie, ke3: proof.finishLoginRequest, box });
  }

  /** A login that has only to be sent. */
  readyLogin(now = 0): Uint8Array {
    const login = this.proof(this.greet(now));
    assert(login);
    return login;
  }

  /** Logs in and returns the index's last word, or nothing if it was silent. */
  logIn(now = 0): Reply | undefined {
    return this.takeWelcome(this.service.send(this.readyLogin(now), this.from, now));
  }

  /** Takes the session that the index has opened, and returns the reply in its answer. */
  takeWelcome(answer: Uint8Array | undefined): Reply | undefined {
    const datagram = decoded(answer);
    if (datagram?.kind !== "welcome") return undefined;
    const { salt, session, box } = datagram;
    assert(this.#sessionKey, "has not answered a challenge");
    const keys = deriveSessionKeys(this.#sessionKey, salt);
    assertEquals(session, keys.session);
    const text = openText(keys.toClient, 0, welcomeHeader(salt, session), box);
    assert(text, "the welcome does not open");
    this.#keys = keys;
    const reply = decodeSealedReply("login", text);
    if (reply.kind !== "welcome") return reply;
    [this.proofs, this.indexTime] = [reply.proofs, reply.time];
    return { kind: "welcome" };
  }

  /** The message that carries `request`. */
  message(request: SealedRequest | Uint8Array, number: number = this.number++): Uint8Array {
    const { session, toIndex } = this.keys;
    const text = request instanceof Uint8Array ? request : encodeSealedRequest(request);
    const box = sealText(toIndex, number, messageHeader(session, number), text);
    return encodeSealedDatagram({ kind: "message", session, number, box });
  }

  /** Makes a request and returns the reply, or nothing if there was none that can be read. */
  ask(request: SealedRequest, now = 0): Reply | undefined {
    const wanted = request.verb === "get" ? request.name : undefined;
    return this.read(
      request.verb,
      this.service.send(this.message(request), this.from, now),
      wanted,
    );
  }

  pub(name: string, now = 0): Reply | undefined {
    return this.ask({ verb: "pub", user: this.user, name }, now);
  }

  /** Users that are active now, but for this one. */
  lap(now = 0): readonly string[] {
    const reply = this.ask({ verb: "lap", user: this.user }, now);
    assert(reply?.kind === "list");
    return reply.items;
  }

  heartbeat(now = 0): Reply | undefined {
    return this.ask({ verb: "heartbeat", user: this.user }, now);
  }

  /** The reply in an answer of the index to this session, which asked for `wanted`. */
  read(verb: Verb, answer: Uint8Array | undefined, wanted?: string): Reply | undefined {
    const datagram = decoded(answer);
    if (datagram?.kind !== "message") return undefined;
    const { session, number, box } = datagram;
    assertEquals(session, this.keys.session);
    const header = messageHeader(session, number);
    const text = openText(this.keys.toClient, number, header, box);
    const told = text ?? openText(this.keys.moves, number, header, box);
    assert(told, "the answer does not open");
    const reply = decodeSealedReply(verb, told, wanted);
    assertEquals(reply.kind === "moved", text === undefined);
    if (!("time" in reply)) return reply;
    const { time, ...rest } = reply;
    this.indexTime = time;
    return rest;
  }

  /** The kind of what a message is answered with. */
  answerTo(message: Uint8Array, now = 0): Kind | undefined {
    return decoded(this.service.send(message, this.from, now))?.kind;
  }
}

/** What is in an answer. */
export function decoded(answer: Uint8Array | undefined): SealedDatagram | undefined {
  return answer && decodeSealedDatagram(answer);
}

/** The reset that only the index of {@linkcode SETUP} can make. */
export function resetOf(session: string): SealedDatagram {
  const values = new ResetValues(deriveResetKey(SETUP, INSTANCE));
  return { kind: "reset", session, value: values.of(session) };
}

/** A busy answer, as anybody can write it. */
export const FORGED_BUSY: SealedDatagram = {
  kind: "busy",
  echo: "A".repeat(11),
  seconds: 2,
  signature: "A".repeat(86),
};

/** Every datagram that differs from `datagram` in one bit. */
export function* bitFlips(datagram: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < datagram.length; at++) {
    for (let bit = 0; bit < 8; bit++) yield datagram.with(at, datagram[at]! ^ (1 << bit));
  }
}
