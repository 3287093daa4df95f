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
import { Networks } from "../../protocol/networks.ts";
import { type Hello, type Login, LOGIN_HEADER } from "../../protocol/sealed_datagram.ts";
import { SALT_BYTES, welcomeHeader } from "../../protocol/sealed_message.ts";
import { decodeSealedLogin, type SealedLogin } from "../../protocol/login_text.ts";
import { openText } from "../../protocol/sealed_text.ts";
import {
  deriveLoginKey,
  deriveSessionKeys,
  type SessionKeys,
} from "../../protocol/session_keys.ts";
import type { Index } from "../index.ts";
import { CHANGED_MEANWHILE } from "../refusals.ts";
import type { LoginHandler, Proven } from "../login/login_handler.ts";
import type { ResetValues } from "../sessions/reset_values.ts";
import { AT_ONCE, type Defer } from "../long_work.ts";
import { orError, sealReply } from "./sealed_answer.ts";
import { PendingProofs } from "./pending_proofs.ts";
import { Reporter } from "./reporter.ts";
import type { OnEvent } from "./service_event.ts";

/** An answer that is given again to what comes again. */
interface KeptAnswer {
  readonly answer: Uint8Array;
  readonly until: number;
}

/**
 * How long the same challenge is the answer, in milliseconds: for so long a copy of a hello costs no work.
 * A client that does not know the index believes only a second challenge that the password is wrong.
 */
const CHALLENGE_KEPT_MS = 1_000;

/** How many are kept, which takes a megabyte: of others the work is done again. */
const MOST_CHALLENGES = 1_000;

/** How {@linkcode SealedLogins} are set up. */
export interface SealedLoginsOptions {
  readonly onEvent?: OnEvent | undefined;
  /** Does what proves a password, which takes milliseconds. */
  readonly defer?: Defer;
  /** Where clients may say that they serve, besides where they are. @default nowhere */
  readonly advertisable?: Networks | undefined;
}

/** Answers hellos and logins. A login that comes again gets the same answer, and has no effect. */
export class SealedLogins {
  readonly #index: Index;
  readonly #handler: LoginHandler;
  readonly #resetValues: ResetValues;
  readonly #reporter: Reporter;
  readonly #pending: PendingProofs;
  readonly #defer: Defer;
  readonly #advertisable: Networks;
  /** The latest challenges. Who sends a hello again took one of the logins of the host already. */
  readonly #challenges = new RecentMap<string, KeptAnswer>(MOST_CHALLENGES);
  /** Those that end first were used first. */
  readonly #used = new RecentMap<string, KeptAnswer>();
  /**
   * Hellos and logins whose turn has not come. Clients send them again while they wait: the work of
   * each would be done as often. A copy could wait for longer than its original is remembered.
   */
  readonly #waiting = new Set<string>();

  constructor(
    index: Index,
    handler: LoginHandler,
    resetValues: ResetValues,
    { onEvent, defer = AT_ONCE, advertisable = Networks.NONE }: SealedLoginsOptions = {},
  ) {
    this.#index = index;
    this.#handler = handler;
    this.#resetValues = resetValues;
    this.#reporter = new Reporter(onEvent, (user) => index.invitations.describe(user));
    this.#pending = new PendingProofs(this.#reporter);
    this.#defer = defer;
    this.#advertisable = advertisable;
  }

  /** The answer to a hello. */
  greet(hello: Hello, from: Address, now: number): MaybePromise<Uint8Array | undefined> {
    const copy = `${formatAddress(from)} ${hello.user} ${hello.ke1}`;
    if (this.#waiting.has(copy)) return undefined; // It is answered when it is its turn.
    const name = `${copy} ${hello.token}`;
    const kept = this.#challenges.get(name);
    if (kept && isDuring(now, kept.until)) return kept.answer;
    const answer = this.#handler.hello(hello, from, now);
    switch (answer.kind) {
      case "dropped":
        return this.#reporter.drop(from, "too many logins");
      case "retry":
        return answer.datagram;
      case "busy":
      case "unable":
        this.#pending.refused(answer.kind, hello.user, from, now);
        return answer.datagram;
    }
    return this.#onceInTurn(copy, from, () => {
      const challenge = answer.work();
      if (!challenge) return undefined;
      this.#pending.challenged(hello.user, from, now);
      this.#challenges.set(name, { answer: challenge, until: now + CHALLENGE_KEPT_MS });
      return challenge;
    });
  }

  /** Tells of those who did not prove their password in time. */
  expire(now: number): void {
    this.#challenges.takeOldest(({ until }) => until < now);
    this.#pending.expire(now);
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
    if (!prove) return this.#reporter.drop(from, "login expired");
    return this.#onceInTurn(copy, from, () => {
      return this.#used.get(name)?.answer ?? this.#finish(name, login, prove(), from, now);
    });
  }

  /** The same as {@linkcode #inTurn}; until there is an answer, the work is known by the name `copy`. */
  #onceInTurn<T>(
    copy: string,
    from: Address,
    work: () => MaybePromise<T>,
  ): MaybePromise<T> | undefined {
    this.#waiting.add(copy);
    const answer = this.#inTurn(from, work);
    const forget = () => void this.#waiting.delete(copy);
    if (answer instanceof Promise) answer.then(forget, forget);
    else forget(); // It is answered, or the queue is full.
    return answer;
  }

  /** Does `work` in the turn of the host that asks for it; on this machine, of the program. */
  #inTurn<T>(from: Address, work: () => MaybePromise<T>): MaybePromise<T> | undefined {
    const { hostname } = from;
    const host = isLoopback(hostname) ? formatAddress(from) : hostKey(hostname);
    let isTaken = false;
    // A promise of a promise is none: it is done when both are.
    const result = this.#defer(host, () => {
      isTaken = true;
      return work();
    }) as MaybePromise<T> | undefined;
    if (!result && !isTaken) this.#reporter.drop(from, "queue full");
    return result;
  }

  #finish(
    name: string,
    login: Login,
    proven: Proven | undefined,
    from: Address,
    now: number,
  ): MaybePromise<Uint8Array> | undefined {
    if (!proven) return this.#reporter.drop(from, "wrong proof");
    const text = openText(deriveLoginKey(proven.sessionKey), 0, LOGIN_HEADER, login.box);
    if (!text) return this.#reporter.drop(from, "not authentic");
    this.#pending.proven(proven.user, from);
    const use = (answer: Uint8Array) => {
      this.#used.set(name, { answer, until: now + LOGIN_STEP_MS });
      return answer;
    };
    const answer = this.#admit(text, proven, from, now);
    return answer instanceof Promise ? answer.then(use) : use(answer);
  }

  /** With a new salt each time: two answers to one login must never have the same keys. */
  #admit(
    text: Uint8Array,
    proven: Proven,
    from: Address,
    now: number,
  ): MaybePromise<Uint8Array> {
    const { user, sessionKey } = proven;
    const salt = new Uint8Array(randomBytes(SALT_BYTES));
    const keys = deriveSessionKeys(sessionKey, salt);
    const reply = orError(
      () => this.#open(decodeSealedLogin(text), proven, keys, from, now),
      () => this.#reporter.malformed(from, `bad login of ${user}`),
    );
    const seal = (reply: Reply) => {
      const header = welcomeHeader(salt, keys.session);
      return sealReply(keys.toClient, 0, header, this.#withProofs(reply, keys.session, now));
    };
    return reply instanceof Promise ? reply.then(seal) : seal(reply);
  }

  #open(
    { tcpPort, ...told }: SealedLogin,
    { user, isOutdated }: Proven,
    keys: SessionKeys,
    from: Address,
    now: number,
  ): MaybePromise<Reply> {
    const request = { verb: "login", user, password: "", tcpPort } as const;
    const asked = { request, from, now, cause: "session", agent: told.agent } as const;
    const start = { keys, ...told };
    return this.#reporter.about(asked, () => {
      if (isOutdated) return CHANGED_MEANWHILE;
      return this.#refusal(told) ?? this.#index.admission.admit(user, from, tcpPort, now, start);
    });
  }

  /** What is advertised cannot be proven, and all who fetch would connect there. */
  #refusal({ advertised }: Pick<SealedLogin, "advertised">): Reply | undefined {
    if (advertised === undefined || this.#advertisable.has(advertised)) return undefined;
    const reason = `the server does not let clients advertise ${advertised}`;
    return { kind: "error", code: 403, reason };
  }

  #withProofs(reply: Reply, session: string, now: number): Reply {
    if (reply.kind !== "welcome") return reply;
    const resetValue = this.#resetValues.of(session);
    const proofs = { resetValue, signingKey: this.#handler.signingKey };
    const { catalogueId: catalogue } = this.#index;
    return { ...reply, time: Math.floor(now), proofs, catalogue };
  }
}

function isDuring(now: number, until: number): boolean {
  return now <= until && now >= until - CHALLENGE_KEPT_MS;
}
