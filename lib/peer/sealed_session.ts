/**
 * A session of protocol 2: sealed, numbered, and found again when it was lost.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError, interrupted } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import {
  HEARTBEAT_MS,
  HEARTBEAT_RETRANSMIT_MS,
  RELOGIN_MS,
  RETRANSMIT_MS,
} from "../protocol/limits.ts";
import type { Reply } from "../protocol/messages.ts";
import { withSmartCase } from "../protocol/search_query.ts";
import {
  type IndexSession,
  noAnswerFrom,
  type SessionNews,
  type SessionOptions,
  type SessionRequest,
} from "./index_session.ts";
import { ForgetfulIndexes, type KnownIndexes } from "./known_index.ts";
import { SealedChannel } from "./sealed_channel.ts";
import { enter, type SealedCredentials } from "./sealed_entrance.ts";
import type { SealedLink } from "./sealed_link.ts";

/** Pause after a heartbeat that could not be sent at all, in milliseconds. */
const UNSENDABLE_MS = 500;
/** How many times one request may find its session lost before it gives up. */
const MOST_LOSSES = 4;
/** Waits for the answer to a farewell, in milliseconds: nobody should have to wait long to leave. */
const FAREWELL_MS: readonly number[] = [100, 150, 250];

/** How a {@linkcode SealedSession} is kept. */
export interface SealedSessionOptions extends SessionOptions {
  /** The indexes that were met before. @default none */
  readonly known?: KnownIndexes | undefined;
  /** Whether silence means that the index knows only protocol 1. @default {false} */
  readonly mayBePlain?: boolean | undefined;
  /** The program that logs in, and its version. */
  readonly agent?: string | undefined;
}

/** A session of protocol 2. Owns its link. */
export class SealedSession implements IndexSession {
  readonly #link: SealedLink;
  readonly #options: SealedSessionOptions;
  readonly #known: KnownIndexes;
  readonly #waits: readonly number[];
  readonly #leaving = new AbortController();
  #credentials: SealedCredentials | undefined;
  #channel: SealedChannel | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #beating: Promise<void> = Promise.resolve();
  #enteredAt = -Infinity;
  #heardAt = 0;
  #isGone = false;
  #isReturning = false;

  constructor(link: SealedLink, options: SealedSessionOptions = {}) {
    this.#link = link;
    this.#options = options;
    this.#known = options.known ?? new ForgetfulIndexes();
    this.#waits = options.retransmitMs ?? RETRANSMIT_MS;
  }

  async logIn(user: string, password: string, tcpPort: number): Promise<void> {
    const credentials = { user, password, tcpPort, agent: this.#options.agent ?? "bittrickle" };
    await this.#inTurn(() => this.#enter(credentials));
    this.#credentials = credentials;
    this.#beating = this.#beat();
  }

  ask(request: SessionRequest): Promise<Reply> {
    if (request.verb !== "sch") return this.#inTurn(() => this.#ask(request));
    return this.#inTurn(() => this.#ask({ ...request, text: withSmartCase(request.text) }));
  }

  async close(): Promise<void> {
    if (!this.#leaving.signal.aborted) {
      this.#leaving.abort();
      this.#link.cancel();
      if (this.#credentials) await this.#inTurn(() => this.#sayBye()).catch(() => {});
    }
    await Promise.all([this.#link.close(), this.#beating]);
  }

  /** Runs one thing after the other: the link carries one exchange at a time. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(run);
    this.#turn = result.catch(() => {});
    return result;
  }

  async #enter(credentials: SealedCredentials): Promise<void> {
    this.#enteredAt = performance.now();
    const keys = await enter(this.#link, credentials, this.#known, {
      waits: this.#waits,
      mayBePlain: this.#options.mayBePlain,
    });
    this.#channel = new SealedChannel(keys);
    this.#heardAt = performance.now();
  }

  /** All pages of what the index answers. */
  async #ask(request: SessionRequest): Promise<Reply> {
    const reply = await this.#askPage(request);
    if (reply.kind !== "list" || reply.more === 0) return reply;
    const after = reply.cursor ?? reply.items.at(-1);
    if (after === undefined) throw new BitTrickleError("malformed", "The index sent an empty page");
    const rest = await this.#ask({ ...request, after } as SessionRequest);
    if (rest.kind !== "list") return rest;
    const details = [reply, rest].flatMap(({ items, details }) =>
      details ?? items.map(() => undefined)
    );
    const isTold = details.some((known) => known !== undefined);
    const { of, more } = rest;
    return {
      kind: "list",
      of,
      more,
      items: [...reply.items, ...rest.items],
      ...isTold ? { details } : {},
    };
  }

  async #askPage(request: SessionRequest): Promise<Reply> {
    for (let losses = 0; losses < MOST_LOSSES; losses++) {
      const reply = await this.#exchange(request, this.#waits);
      if (reply === "lost" && !this.#isReturning) {
        await this.#return();
        continue;
      }
      if (reply === "lost") throw noAnswerFrom(this.#link.index);
      if (!reply) {
        this.#lose();
        throw noAnswerFrom(this.#link.index);
      }
      if (reply.kind !== "error") return reply;
      throw new BitTrickleError("refused", `The index refuses: ${escapeText(reply.reason)}`);
    }
    throw noAnswerFrom(this.#link.index);
  }

  /** Sends `request`. Returns nothing if no answer comes. */
  async #exchange(
    request: SessionRequest,
    waits: readonly number[],
  ): Promise<Reply | "lost" | undefined> {
    const isLeaving = this.#leaving.signal.aborted && request.verb !== "bye";
    if (isLeaving) throw interrupted();
    if (!this.#channel) throw new BitTrickleError("refused", "Log in first");
    const reply = await this.#link.exchange({ ...this.#channel.carry(request), waits });
    if (reply && reply !== "lost") this.#hear();
    return reply;
  }

  /** Logs in again, not more often than {@linkcode RELOGIN_MS} allows. */
  async #return(): Promise<void> {
    const credentials = this.#credentials;
    if (!credentials) throw new BitTrickleError("refused", "Log in first");
    const { signal } = this.#leaving;
    await delay(Math.max(0, this.#enteredAt + RELOGIN_MS - performance.now()), { signal })
      .catch(() => {});
    if (signal.aborted) throw interrupted();
    try {
      await this.#enter(credentials);
    } catch (error) {
      // Whoever is active under this name may be this very client, a moment ago.
      if (error instanceof BitTrickleError && error.code === "already_active") return;
      throw error;
    }
    this.#isGone = false;
    this.#tell("again");
    this.#isReturning = true;
    try {
      await this.#options.onReturn?.((request) => this.#ask(request));
    } finally {
      this.#isReturning = false;
    }
  }

  async #beat(): Promise<void> {
    const every = this.#options.heartbeatMs ?? HEARTBEAT_MS;
    const { signal } = this.#leaving;
    const pause = (ms: number) => delay(ms, { signal }).then(() => true, () => false);
    while (await pause(Math.max(10, this.#heardAt + every - performance.now()))) {
      if (performance.now() - this.#heardAt < every) continue;
      const failure = await this.#inTurn(() => this.#beatOnce()).catch((error) => error);
      if (!failure) continue;
      if (isOut(failure)) return this.#tell("out");
      // The network is down, most likely: the system cannot even send.
      if (!signal.aborted) this.#lose();
      await pause(UNSENDABLE_MS);
    }
  }

  async #beatOnce(): Promise<void> {
    const reply = await this.#exchange({ verb: "heartbeat" }, HEARTBEAT_RETRANSMIT_MS);
    if (reply === "lost") await this.#return();
    else if (!reply) this.#lose();
  }

  async #sayBye(): Promise<void> {
    if (!this.#isGone) await this.#exchange({ verb: "bye" }, FAREWELL_MS);
  }

  #hear(): void {
    this.#heardAt = performance.now();
    if (this.#isGone) this.#tell("back");
    this.#isGone = false;
  }

  #lose(): void {
    if (!this.#isGone) this.#tell("gone");
    this.#isGone = true;
  }

  #tell(news: SessionNews): void {
    this.#options.onNews?.(news);
  }
}

/** Whether `error` means that the user is let in no more. */
function isOut(error: unknown): boolean {
  return error instanceof BitTrickleError && error.code === "login_refused";
}
