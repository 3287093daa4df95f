/**
 * Being logged in at an index: heartbeats, and the way back in after a silence.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { ACTIVE_MS, HEARTBEAT_MS } from "../../protocol/limits.ts";
import { NOT_LOGGED_IN, type Reply, type Request } from "../../protocol/messages.ts";
import { formatPlainReply } from "../../protocol/plain_reply.ts";
import type {
  IndexSession,
  SessionNews,
  SessionOptions,
  SessionRequest,
  UploadPorts,
} from "./index_session.ts";
import { WRONG_PASSWORD } from "./login_outcome.ts";
import type { PlainLink } from "./plain_link.ts";

type LoginRequest = Request & { verb: "login" };

/** Every so many heartbeats one is a question. */
const BEATS_PER_QUESTION = 3;

/** A session of protocol 1. Owns its link. */
export class PlainSession implements IndexSession {
  readonly isSealed = false;
  readonly indexKey = undefined;
  readonly catalogue = undefined;
  /** Such a session belongs to an address. */
  readonly moves = 0;
  readonly #link: PlainLink;
  readonly #options: SessionOptions;
  readonly #leaving = new AbortController();
  #login: LoginRequest | undefined;
  #returning: Promise<void> | undefined;
  #isRestoring = false;
  #isGone = false;
  #beating: Promise<void> | undefined;

  constructor(link: PlainLink, options: SessionOptions = {}) {
    this.#link = link;
    this.#options = options;
  }

  async logIn(user: string, password: string, ports: UploadPorts): Promise<void> {
    const login: LoginRequest = { verb: "login", user, password, tcpPort: ports.plain };
    await this.#enter(login);
    this.#login = login;
    this.#startBeating(login);
  }

  async ask(request: SessionRequest): Promise<Reply> {
    const login = this.#login;
    if (!login) throw new BitTrickleError("refused", "Log in first");
    const full = { ...request, user: login.user } as Request;
    let reply = await this.#request(full);
    if (reply.kind === "error" && reply.reason === NOT_LOGGED_IN) {
      await this.#return(login);
      reply = await this.#request(full);
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

  /** Asks, and takes in whether the index is there. */
  async #request(request: Request): Promise<Reply> {
    try {
      const reply = await this.#link.request(request);
      const isKnown = reply.kind !== "error" || reply.reason !== NOT_LOGGED_IN;
      if (this.#isGone && isKnown) this.#tell("back");
      if (isKnown) this.#isGone = false;
      return reply;
    } catch (error) {
      const isSilent = error instanceof BitTrickleError &&
        (error.code === "timeout" || error.code === "network");
      if (isSilent && !this.#isGone) this.#tell("gone");
      if (isSilent) this.#isGone = true;
      throw error;
    }
  }

  #tell(news: SessionNews): void {
    if (!this.#leaving.signal.aborted) this.#options.onNews?.(news);
  }

  async #enter(login: LoginRequest): Promise<void> {
    const reply = await this.#link.request(login);
    if (reply.kind === "welcome") return;
    const code = reply.kind === "already active" ? "already_active" : "login_refused";
    throw new BitTrickleError(code, escapeText(formatPlainReply(reply)));
  }

  /** Logs in again; concurrent callers share one login. */
  async #return(login: LoginRequest): Promise<void> {
    this.#returning ??= this.#enterAgain(login).finally(() => this.#returning = undefined);
    await this.#returning;
    if (this.#isRestoring) return;
    this.#isRestoring = true;
    try {
      await this.#options.onReturn?.((request) => this.ask(request));
    } finally {
      this.#isRestoring = false;
    }
  }

  async #enterAgain(login: LoginRequest): Promise<void> {
    await this.#enter(login);
    this.#isGone = false;
    this.#startBeating(login);
    this.#tell("again");
  }

  #startBeating(login: LoginRequest): void {
    this.#beating ??= this.#beat(login).finally(() => this.#beating = undefined);
  }

  /** Sends heartbeats until the index refuses the user. */
  async #beat(login: LoginRequest): Promise<void> {
    const { signal } = this.#leaving;
    const { heartbeatMs = HEARTBEAT_MS } = this.#options;
    let last = Date.now();
    let beats = 0;
    while (await delay(heartbeatMs, { signal }).then(() => true, () => false)) {
      // Heartbeats have no answer. Only a question tells a session that was lost.
      const hasSlept = Date.now() - last > ACTIVE_MS;
      last = Date.now();
      const isQuestion = hasSlept || this.#isGone || ++beats % BEATS_PER_QUESTION === 0;
      if (!isQuestion) await this.#link.tell({ verb: "heartbeat", user: login.user });
      else if (!await this.#question(login)) return;
    }
  }

  /** Checks the session, and returns false if the index refuses the user. */
  async #question(login: LoginRequest): Promise<boolean> {
    try {
      // An index on another machine does not answer clients without a session: only a login tells.
      if (this.#isGone) await this.#return(login);
      else await this.ask({ verb: "lap" });
    } catch (error) {
      if (!(error instanceof BitTrickleError)) throw error;
      if (error.code === "login_refused") {
        this.#tell(error.message === WRONG_PASSWORD ? "password" : "out");
      }
      return error.code !== "login_refused";
    }
    return true;
  }
}
