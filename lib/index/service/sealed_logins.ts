/**
 * Logging in with protocol 2: from a hello to an open session.
 *
 * @module
 */

import type { MaybePromise } from "../../async/maybe_promise.ts";
import { RecentMap } from "../../collections/recent_map.ts";
import { type Address, formatAddress, hostKey, isLoopback } from "../../protocol/address.ts";
import { open } from "../../protocol/aead.ts";
import { LOGIN_STEP_MS } from "../../protocol/limits.ts";
import { messageHeader, type SealedDatagram } from "../../protocol/sealed_datagram.ts";
import { decodeSealedLogin } from "../../protocol/sealed_request.ts";
import type { Index } from "../index.ts";
import type { LoginHandler, Proven } from "../login/login_handler.ts";
import { AT_ONCE, type Defer } from "../long_work.ts";
import { orError, sealReply, withTime } from "./sealed_answer.ts";
import { type OnEvent, outcomeOf } from "./service_event.ts";

type Hello = SealedDatagram & { kind: "hello" };
type Login = SealedDatagram & { kind: "login" };

/** The answer to a login that has been used. */
interface UsedLogin {
  readonly answer: Uint8Array;
  readonly until: number;
}

/** How {@linkcode SealedLogins} are set up. */
export interface SealedLoginsOptions {
  readonly onEvent?: OnEvent | undefined;
  /** Does what proves a password, which takes milliseconds. */
  readonly defer?: Defer;
}

/** Answers hellos and logins. A login that comes again gets the same answer, and has no effect. */
export class SealedLogins {
  readonly #index: Index;
  readonly #handler: LoginHandler;
  readonly #onEvent: OnEvent | undefined;
  readonly #defer: Defer;
  /** Those that end first were used first. */
  readonly #used = new RecentMap<string, UsedLogin>();

  constructor(
    index: Index,
    handler: LoginHandler,
    { onEvent, defer = AT_ONCE }: SealedLoginsOptions = {},
  ) {
    this.#index = index;
    this.#handler = handler;
    this.#onEvent = onEvent;
    this.#defer = defer;
  }

  /** The answer to a hello. */
  greet(hello: Hello, from: Address, now: number): MaybePromise<Uint8Array | undefined> {
    const answer = this.#handler.hello(hello, from, now);
    return typeof answer === "function" ? this.#inTurn(from, answer) : answer;
  }

  /** The answer to a login, which opens a session. */
  logIn(login: Login, from: Address, now: number): MaybePromise<Uint8Array | undefined> {
    this.#used.takeOldest(({ until }) => until < now);
    const name = `${login.cookie} ${formatAddress(from)}`;
    const used = this.#used.get(name);
    if (used) return used.answer;
    const prove = this.#handler.login(login, from, now);
    if (!prove) return undefined;
    // The same login may have come several times before its turn.
    return this.#inTurn(from, () => {
      return this.#used.get(name)?.answer ?? this.#finish(name, login, prove(), from, now);
    });
  }

  /** Does `work` in the turn of the host that asks for it; on this machine, of the program. */
  #inTurn<T>(from: Address, work: () => T): MaybePromise<T> | undefined {
    const { hostname } = from;
    return this.#defer(isLoopback(hostname) ? formatAddress(from) : hostKey(hostname), work);
  }

  #finish(
    name: string,
    login: Login,
    proven: Proven | undefined,
    from: Address,
    now: number,
  ): Uint8Array | undefined {
    if (!proven) return undefined;
    const { keys } = proven;
    const text = open(keys.toIndex, 0, messageHeader(keys.session, 0), login.box);
    if (!text) return undefined;
    const answer = this.#admit(text, proven, from, now);
    this.#used.set(name, { answer, until: now + LOGIN_STEP_MS });
    return answer;
  }

  #admit(text: Uint8Array, { user, keys }: Proven, from: Address, now: number): Uint8Array {
    const event = { from, verb: "login", user } as const;
    const received = (agent?: string) => {
      this.#onEvent?.({ kind: "received", ...event, ...agent ? { agent } : {} }, "session");
    };
    const reply = orError(() => {
      const { tcpPort, agent } = decodeSealedLogin(text);
      received(agent);
      return this.#index.admit(user, from, tcpPort, now, { keys, agent });
    }, () => void received());
    const answer = sealReply(keys, 0, messageHeader(keys.session, 0), withTime(reply, now));
    this.#index.sealedSession(keys.session)?.sealed?.window.keep(0, answer);
    this.#onEvent?.({ kind: outcomeOf(reply), ...event }, "session");
    return answer;
  }
}
