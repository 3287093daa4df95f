/**
 * Being logged in at an index: heartbeats, and the way back in after a silence.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { ACTIVE_MS, HEARTBEAT_MS } from "../protocol/limits.ts";
import { NOT_LOGGED_IN, type Reply, type Request } from "../protocol/messages.ts";
import { formatPlainReply } from "../protocol/plain_reply.ts";
import type { IndexLink } from "./index_link.ts";

type LoginRequest = Request & { verb: "login" };
type WithoutUser<R> = R extends LoginRequest ? never : Omit<R, "user">;

/** A request whose user is whoever is logged in. */
export type SessionRequest = WithoutUser<Request>;

/** How an {@linkcode IndexSession} is kept. */
export interface IndexSessionOptions {
  /** How often to say that the user is there, in milliseconds. @default {2_000} */
  readonly heartbeatMs?: number | undefined;
  /** Runs after the session was lost and found again, before the request that noticed. */
  readonly onReturn?: () => Promise<void>;
}

/** A user logged in at one index. */
export class IndexSession {
  readonly #link: IndexLink;
  readonly #heartbeatMs: number;
  readonly #onReturn: () => Promise<void>;
  readonly #leaving = new AbortController();
  #login: LoginRequest | undefined;
  #isReturning = false;
  #beating: Promise<void> = Promise.resolve();

  constructor(link: IndexLink, options: IndexSessionOptions = {}) {
    this.#link = link;
    this.#heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
    this.#onReturn = options.onReturn ?? (() => Promise.resolve());
  }

  /**
   * Logs in, and beats from then on.
   *
   * @throws {BitTrickleError} `login_refused` or `already_active`, or what {@linkcode IndexLink.request} throws
   */
  async logIn(user: string, password: string, tcpPort: number): Promise<void> {
    const login: LoginRequest = { verb: "login", user, password, tcpPort };
    await this.#enter(login);
    this.#login = login;
    this.#beating = this.#beat(user);
  }

  /**
   * Asks the index in the user's name. If the index has forgotten the session, logs in again first.
   *
   * @throws {BitTrickleError} `refused` with the index's reason, or as {@linkcode logIn}
   */
  async ask(request: SessionRequest): Promise<Reply> {
    const login = this.#login;
    if (!login) throw new BitTrickleError("refused", "Log in first");
    const full = { ...request, user: login.user } as Request;
    let reply = await this.#link.request(full);
    if (reply.kind === "error" && reply.reason === NOT_LOGGED_IN && !this.#isReturning) {
      await this.#return(login);
      reply = await this.#link.request(full);
    }
    if (reply.kind === "error") {
      throw new BitTrickleError("refused", `The index refuses: ${escapeText(reply.reason)}`);
    }
    return reply;
  }

  /** Stops beating: three seconds later the user is no longer active. */
  async close(): Promise<void> {
    this.#leaving.abort();
    await this.#beating;
  }

  async #enter(login: LoginRequest): Promise<void> {
    const reply = await this.#link.request(login);
    if (reply.kind === "welcome") return;
    const code = reply.kind === "already active" ? "already_active" : "login_refused";
    throw new BitTrickleError(code, escapeText(formatPlainReply(reply)));
  }

  async #return(login: LoginRequest): Promise<void> {
    this.#isReturning = true;
    try {
      await this.#enter(login);
      await this.#onReturn();
    } finally {
      this.#isReturning = false;
    }
  }

  async #beat(user: string): Promise<void> {
    const { signal } = this.#leaving;
    let last = Date.now();
    while (await delay(this.#heartbeatMs, { signal }).then(() => true, () => false)) {
      // A machine that slept has lost its session, and no heartbeat would tell.
      const slept = Date.now() - last > this.#heartbeatMs + ACTIVE_MS;
      last = Date.now();
      if (slept && this.#login) await this.#return(this.#login).catch(() => {});
      else await this.#link.tell({ verb: "heartbeat", user }).catch(() => {});
    }
  }
}
