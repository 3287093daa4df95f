/**
 * Logging in with protocol 2: from a hello to an open session.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import type { MaybePromise } from "../../async/maybe_promise.ts";
import { RecentMap } from "../../collections/recent_map.ts";
import { type Address, formatAddress, hostKey, isLoopback } from "../../protocol/address.ts";
import { LOGIN_STEP_MS } from "../../protocol/limits.ts";
import type { Reply } from "../../protocol/messages.ts";
import { type Hello, type Login, LOGIN_HEADER } from "../../protocol/sealed_datagram.ts";
import { SALT_BYTES, welcomeHeader } from "../../protocol/sealed_message.ts";
import { decodeSealedLogin } from "../../protocol/login_text.ts";
import { openText } from "../../protocol/sealed_text.ts";
import { deriveLoginKey, deriveSessionKeys } from "../../protocol/session_keys.ts";
import type { Index } from "../index.ts";
import type { LoginHandler, Proven } from "../login/login_handler.ts";
import type { ResetValues } from "../sessions/reset_values.ts";
import { AT_ONCE, type Defer } from "../long_work.ts";
import { orError, sealReply } from "./sealed_answer.ts";
import { type OnEvent, outcomeOf } from "./service_event.ts";

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
  readonly #resetValues: ResetValues;
  readonly #onEvent: OnEvent | undefined;
  readonly #defer: Defer;
  /** Those that end first were used first. */
  readonly #used = new RecentMap<string, UsedLogin>();
  /** Logins whose turn has not come. A copy could wait for longer than its original is remembered. */
  readonly #waiting = new Set<string>();

  constructor(
    index: Index,
    handler: LoginHandler,
    resetValues: ResetValues,
    { onEvent, defer = AT_ONCE }: SealedLoginsOptions = {},
  ) {
    this.#index = index;
    this.#handler = handler;
    this.#resetValues = resetValues;
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
    const copy = `${name} ${login.ke3} ${login.box.toHex()}`;
    if (this.#waiting.has(copy)) return undefined; // It is answered when it is its turn.
    const prove = this.#handler.login(login, from, now);
    if (!prove) return undefined;
    this.#waiting.add(copy);
    const answer = this.#inTurn(from, () => {
      this.#waiting.delete(copy);
      return this.#used.get(name)?.answer ?? this.#finish(name, login, prove(), from, now);
    });
    if (!answer) this.#waiting.delete(copy); // The queue is full.
    return answer;
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
    const text = openText(deriveLoginKey(proven.sessionKey), 0, LOGIN_HEADER, login.box);
    if (!text) return undefined;
    const answer = this.#admit(text, proven, from, now);
    this.#used.set(name, { answer, until: now + LOGIN_STEP_MS });
    return answer;
  }

  /** With a new salt each time: two answers to one login must never have the same keys. */
  #admit(text: Uint8Array, { user, sessionKey }: Proven, from: Address, now: number): Uint8Array {
    const event = { from, verb: "login", user } as const;
    const received = (agent?: string) => {
      this.#onEvent?.({ kind: "received", ...event, ...agent ? { agent } : {} }, "session");
    };
    const salt = new Uint8Array(randomBytes(SALT_BYTES));
    const keys = deriveSessionKeys(sessionKey, salt);
    const reply = orError(() => {
      const { tcpPort, ...told } = decodeSealedLogin(text);
      received(told.agent);
      return this.#index.admit(user, from, tcpPort, now, { keys, ...told });
    }, () => void received());
    this.#onEvent?.({ kind: outcomeOf(reply), ...event }, "session");
    const { session } = keys;
    return sealReply(
      keys.toClient,
      0,
      welcomeHeader(salt, session),
      this.#withProofs(reply, session, now),
    );
  }

  #withProofs(reply: Reply, session: string, now: number): Reply {
    if (reply.kind !== "welcome") return reply;
    const resetValue = this.#resetValues.of(session);
    const proofs = { resetValue, signingKey: this.#handler.signingKey };
    const { catalogueId: catalogue } = this.#index;
    return { ...reply, time: Math.floor(now), proofs, catalogue };
  }
}
