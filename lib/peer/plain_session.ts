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
import type { Ask, IndexSession, SessionOptions, SessionRequest } from "./index_session.ts";
import type { PlainLink } from "./plain_link.ts";

type LoginRequest = Request & { verb: "login" };

/** A session of protocol 1. Owns its link. */
export class PlainSession implements IndexSession {
  readonly #link: PlainLink;
  readonly #heartbeatMs: number;
  readonly #onReturn: (ask: Ask) => Promise<void>;
  readonly #leaving = new AbortController();
  #login: LoginRequest | undefined;
  #isReturning = false;
  #beating: Promise<void> = Promise.resolve();

  constructor(link: PlainLink, options: SessionOptions = {}) {
    this.#link = link;
    this.#heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
    this.#onReturn = options.onReturn ?? (() => Promise.resolve());
  }

  async logIn(user: string, password: string, tcpPort: number): Promise<void> {
    const login: LoginRequest = { verb: "login", user, password, tcpPort };
    await this.#enter(login);
    this.#login = login;
    this.#beating = this.#beat(user);
  }

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
    await Promise.all([this.#link.close(), this.#beating]);
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
      await this.#onReturn((request) => this.ask(request));
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
