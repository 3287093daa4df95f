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

/** Every so many heartbeats one is a question. */
const BEATS_PER_QUESTION = 3;

/** A session of protocol 1. Owns its link. */
export class PlainSession implements IndexSession {
  readonly isSealed = false;
  readonly indexKey = undefined;
  readonly #link: PlainLink;
  readonly #heartbeatMs: number;
  readonly #onReturn: (ask: Ask) => Promise<void>;
  readonly #leaving = new AbortController();
  #login: LoginRequest | undefined;
  #returning: Promise<void> | undefined;
  #isRestoring = false;
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
    if (reply.kind === "error" && reply.reason === NOT_LOGGED_IN) {
      await this.#return(login);
      reply = await this.#link.request(full);
    }
    if (reply.kind === "error") {
      throw new BitTrickleError("refused", `The index refuses: ${escapeText(reply.reason)}`);
    }
    return reply;
  }

  openTicket(): undefined {
    return undefined;
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

  /** Logs in again; whoever finds the session lost meanwhile waits for the same login. */
  async #return(login: LoginRequest): Promise<void> {
    this.#returning ??= this.#enter(login).finally(() => this.#returning = undefined);
    await this.#returning;
    if (this.#isRestoring) return;
    this.#isRestoring = true;
    try {
      await this.#onReturn((request) => this.ask(request));
    } finally {
      this.#isRestoring = false;
    }
  }

  async #beat(user: string): Promise<void> {
    const { signal } = this.#leaving;
    let last = Date.now();
    let beats = 0;
    while (await delay(this.#heartbeatMs, { signal }).then(() => true, () => false)) {
      // Heartbeats have no answer. Only a question tells a session that was lost.
      const hasSlept = Date.now() - last > ACTIVE_MS;
      last = Date.now();
      const isQuestion = hasSlept || ++beats % BEATS_PER_QUESTION === 0;
      if (isQuestion) await this.ask({ verb: "lap" }).catch(() => {});
      else await this.#link.tell({ verb: "heartbeat", user }).catch(() => {});
    }
  }
}
