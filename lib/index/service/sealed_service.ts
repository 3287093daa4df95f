/**
 * Protocol 2 as a service: a datagram in, a datagram or silence out.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import type { Reply, Verb } from "../../protocol/messages.ts";
import { type Address, formatAddress, hostKey, isLoopback } from "../../protocol/address.ts";
import { open, sealInto, TAG_BYTES } from "../../protocol/aead.ts";
import { DATAGRAM_BYTES, LOGIN_STEP_MS } from "../../protocol/limits.ts";
import {
  decodeSealedDatagram,
  encodeSealedDatagram,
  HEADER_BYTES,
  messageHeader,
  type SealedDatagram,
} from "../../protocol/sealed_datagram.ts";
import { encodeSealedReply } from "../../protocol/sealed_reply.ts";
import { decodeSealedLogin, decodeSealedRequest } from "../../protocol/sealed_request.ts";
import type { SessionKeys } from "../../protocol/session_keys.ts";
import type { Index } from "../index.ts";
import type { LoginHandler, Proven } from "../login/login_handler.ts";
import { AT_ONCE, type Defer } from "../long_work.ts";
import type { MaybePromise } from "../../async/maybe_promise.ts";
import { RequestWindow } from "../sessions/request_window.ts";
import { isFailure, type OnEvent, type RequestEvent } from "./service_event.ts";
import type { Caller } from "../sessions/sessions.ts";

/** Where a reply is written before it is sealed. */
const BUFFER = new Uint8Array(DATAGRAM_BYTES);

type Login = SealedDatagram & { kind: "login" };
type Message = SealedDatagram & { kind: "message" };

/** A session as this protocol sees it. */
interface SealedSession {
  readonly user: string;
  readonly caller: Caller;
  readonly keys: SessionKeys;
  readonly window: RequestWindow;
}

/** The answer to a login that has been used. */
interface UsedLogin {
  readonly answer: Uint8Array;
  readonly until: number;
}

/** How a {@linkcode SealedService} is set up. */
export interface SealedServiceOptions {
  readonly onEvent?: OnEvent | undefined;
  /** Does what proves a password, which takes milliseconds. */
  readonly defer?: Defer;
}

/** Answers the datagrams of protocol 2 out of an {@linkcode Index}. */
export class SealedService {
  readonly #index: Index;
  readonly #loginHandler: LoginHandler;
  readonly #onEvent: OnEvent | undefined;
  readonly #defer: Defer;
  readonly #sessions = new Map<string, SealedSession>();
  readonly #sessionOf = new Map<string, string>();
  readonly #used = new Map<string, UsedLogin>();

  constructor(
    index: Index,
    loginHandler: LoginHandler,
    { onEvent, defer = AT_ONCE }: SealedServiceOptions = {},
  ) {
    this.#index = index;
    this.#loginHandler = loginHandler;
    this.#onEvent = onEvent;
    this.#defer = defer;
  }

  /**
   * The answer to `datagram`, or `undefined` for silence. To an address that has not proven itself
   * no answer is longer than its cause, and no answer is ever given to an answer.
   */
  answer(datagram: Uint8Array, from: Address, now: number): MaybePromise<Uint8Array | undefined> {
    const message = decode(datagram);
    switch (message?.kind) {
      case "hello": {
        const answer = this.#loginHandler.hello(message, from, now);
        return typeof answer === "function" ? this.#inTurn(from, answer) : answer;
      }
      case "login":
        return this.#logIn(message, from, now);
      case "message":
        return this.#hear(message, datagram.subarray(0, HEADER_BYTES), from, now);
    }
  }

  /** Does `work` in the turn of the host that asks for it; on this machine, of the program. */
  #inTurn<T>(from: Address, work: () => T): MaybePromise<T> | undefined {
    const { hostname } = from;
    return this.#defer(isLoopback(hostname) ? formatAddress(from) : hostKey(hostname), work);
  }

  #logIn(login: Login, from: Address, now: number): MaybePromise<Uint8Array | undefined> {
    this.#forgetUsed(now);
    const name = `${login.cookie} ${formatAddress(from)}`;
    const used = this.#used.get(name);
    if (used) return used.answer;
    const prove = this.#loginHandler.login(login, from, now);
    if (!prove) return undefined;
    // The same login may have come several times before its turn.
    return this.#inTurn(from, () => {
      return this.#used.get(name)?.answer ?? this.#finish(name, login, prove(), from, now);
    });
  }

  #finish(
    name: string,
    login: Login,
    proven: Proven | undefined,
    from: Address,
    now: number,
  ): Uint8Array | undefined {
    if (!proven) return undefined;
    const { user, keys } = proven;
    const text = open(keys.toIndex, 0, messageHeader(keys.session, 0), login.box);
    if (!text) return undefined;
    const answer = this.#admit(text, user, callerOf(from, keys), keys, now);
    this.#used.set(name, { answer, until: now + LOGIN_STEP_MS });
    return answer;
  }

  #admit(
    text: Uint8Array,
    user: string,
    caller: Caller,
    keys: SessionKeys,
    now: number,
  ): Uint8Array {
    this.#tellOf("received", caller, "login", user);
    const reply = withTime(
      attempt(() => this.#index.admit(user, caller, decodeSealedLogin(text).tcpPort, now)),
      now,
    );
    const answer = sealReply(keys, 0, messageHeader(keys.session, 0), reply);
    if (reply?.kind === "welcome") this.#open({ user, caller, keys, window: new RequestWindow() });
    this.#sessions.get(keys.session)?.window.keep(0, answer);
    this.#tell(reply, caller, "login", user);
    return answer;
  }

  #open(session: SealedSession): void {
    this.#close(this.#sessionOf.get(session.user));
    this.#sessions.set(session.keys.session, session);
    this.#sessionOf.set(session.user, session.keys.session);
  }

  #close(name: string | undefined): void {
    const session = name === undefined ? undefined : this.#sessions.get(name);
    if (!session) return;
    this.#sessions.delete(session.keys.session);
    if (this.#sessionOf.get(session.user) === name) this.#sessionOf.delete(session.user);
  }

  /** `header` is the message's: its answer has the same. */
  #hear(
    message: Message,
    header: Uint8Array,
    from: Address,
    now: number,
  ): MaybePromise<Uint8Array> | undefined {
    const session = this.#sessions.get(message.session);
    if (!session) return resetOf(message);
    const { caller, keys, window } = session;
    const { number, box } = message;
    const text = open(keys.toIndex, number, header, box);
    if (!text) return undefined;
    // Only the client can have made it, but anybody can have sent it on. It is not run, keeps nobody
    // active, and uses no number: what came first from elsewhere may still come from the client.
    const isElsewhere = caller.hostname !== from.hostname || caller.port !== from.port;
    if (isElsewhere) return window.isFresh(number) ? resetOf(message) : undefined;
    if (!window.isFresh(number)) return window.replyTo(number);
    if (!this.#index.knows(caller, now)) {
      this.#close(message.session);
      return resetOf(message);
    }
    const reply = this.#reply(text, session, now);
    if (!(reply instanceof Promise)) {
      return conclude(session, number, header, withTime(reply, now));
    }
    window.keep(number, undefined);
    const kept = header.slice(); // The datagram it is a part of is overwritten meanwhile.
    return reply.then((reply) => conclude(session, number, kept, reply));
  }

  #reply(
    text: Uint8Array,
    { user, caller }: SealedSession,
    now: number,
  ): MaybePromise<Reply> | undefined {
    return attempt(() => {
      const request = decodeSealedRequest(text, user);
      if (request.verb === "heartbeat") return this.#index.handle(request, caller, now);
      this.#tellOf("received", caller, request.verb, user);
      const reply = this.#index.handle(request, caller, now);
      if (!(reply instanceof Promise)) return this.#tell(reply, caller, request.verb, user);
      return reply.then((reply) => this.#tell(reply, caller, request.verb, user));
    }, () => {
      // A new authenticated message counts as a heartbeat, even if it is malformed.
      return this.#index.handle({ verb: "heartbeat", user }, caller, now);
    });
  }

  #tell<R extends Reply | undefined>(reply: R, caller: Caller, verb: Verb, user: string): R {
    this.#tellOf(reply && isFailure(reply) ? "failed" : "answered", caller, verb, user);
    return reply;
  }

  #tellOf(kind: RequestEvent["kind"], { hostname, port }: Caller, verb: Verb, user: string): void {
    this.#onEvent?.({ kind, from: { hostname, port }, verb, user }, "session");
  }

  /** Logins are used in the order of their end, so the oldest come first. */
  #forgetUsed(now: number): void {
    for (const [name, { until }] of this.#used) {
      if (until >= now) return;
      this.#used.delete(name);
    }
  }
}

function callerOf(from: Address, keys: SessionKeys): Caller {
  return { ...from, sealed: keys.session, ticketKey: keys.tickets };
}

/** Clients learn the index's clock, by which tickets expire. */
function withTime(reply: Reply | undefined, now: number): Reply {
  if (!reply) return { kind: "done", time: Math.floor(now) };
  return reply.kind === "welcome" ? { ...reply, time: Math.floor(now) } : reply;
}

/** Tells the client to log in again. Shorter than any message. */
function resetOf({ session }: Message): Uint8Array {
  return encodeSealedDatagram({ kind: "reset", session });
}

function decode(datagram: Uint8Array): SealedDatagram | undefined {
  try {
    return decodeSealedDatagram(datagram);
  } catch (error) {
    if (error instanceof BitTrickleError) return undefined;
    throw error;
  }
}

/**
 * What `run` replies. What it throws about a malformed text, its sender is told, unless `onFault` has
 * something else to say.
 */
function attempt<R extends MaybePromise<Reply> | undefined>(
  run: () => R,
  onFault: () => R | undefined = () => undefined,
): R | Reply {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof BitTrickleError)) throw error;
    const reply = onFault();
    if (reply) return reply;
    return { kind: "error", code: 400, reason: error.message };
  }
}

/** Seals the reply to request `number` and keeps it for when the request comes again. */
function conclude(
  { keys, window }: SealedSession,
  number: number,
  header: Uint8Array,
  reply: Reply,
): Uint8Array {
  const answer = sealReply(keys, number, header, reply);
  window.keep(number, answer);
  return answer;
}

function sealReply(
  { toClient }: SessionKeys,
  number: number,
  header: Uint8Array,
  reply: Reply,
): Uint8Array {
  const text = encodeSealedReply(reply, BUFFER);
  const message = new Uint8Array(header.length + text.length + TAG_BYTES);
  message.set(header);
  sealInto(message.subarray(header.length), toClient, number, header, text);
  return message;
}
