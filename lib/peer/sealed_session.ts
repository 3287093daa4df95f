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
  TOO_MANY_MS,
} from "../protocol/limits.ts";
import type { Reply } from "../protocol/messages.ts";
import { withSmartCase } from "../protocol/search_query.ts";
import type { OpenedTicket } from "../protocol/ticket.ts";
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
import { askPages } from "./pages.ts";
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
  readonly isSealed = true;
  readonly #link: SealedLink;
  readonly #options: SealedSessionOptions;
  readonly #known: KnownIndexes;
  readonly #waits: readonly number[];
  readonly #leaving = new AbortController();
  #credentials: SealedCredentials | undefined;
  #channel: SealedChannel | undefined;
  #indexKey: string | undefined;
  #room = Promise.withResolvers<void>();
  #returning: Promise<void> | undefined;
  #beating: Promise<void> = Promise.resolve();
  #enteredAt = -Infinity;
  #heardAt = 0;
  #isGone = false;

  constructor(link: SealedLink, options: SealedSessionOptions = {}) {
    this.#link = link;
    this.#options = options;
    this.#known = options.known ?? new ForgetfulIndexes();
    this.#waits = options.retransmitMs ?? RETRANSMIT_MS;
  }

  get indexKey(): string | undefined {
    return this.#indexKey;
  }

  async logIn(user: string, password: string, tcpPort: number): Promise<void> {
    const credentials = { user, password, tcpPort, agent: this.#options.agent ?? "bittrickle" };
    await this.#enter(credentials);
    this.#credentials = credentials;
    this.#beating = this.#beat();
  }

  ask(request: SessionRequest, most = Infinity): Promise<Reply> {
    const ask = (page: SessionRequest) => this.#ask(page, false);
    if (request.verb !== "sch") return askPages(ask, request, most);
    return askPages(ask, { ...request, text: withSmartCase(request.text) }, most);
  }

  openTicket(ticket: string): OpenedTicket | undefined {
    return this.#channel?.openTicket(ticket);
  }

  async close(): Promise<void> {
    if (!this.#leaving.signal.aborted) {
      this.#leaving.abort();
      this.#link.cancel();
      if (this.#credentials) await this.#sayBye().catch(() => {});
    }
    await Promise.all([this.#link.close(), this.#beating]);
  }

  async #enter(credentials: SealedCredentials): Promise<void> {
    this.#enteredAt = performance.now();
    const { keys, indexKey, indexTime } = await enter(this.#link, credentials, this.#known, {
      waits: this.#waits,
      mayBePlain: this.#options.mayBePlain,
    });
    this.#channel = new SealedChannel(keys, indexTime);
    this.#indexKey = indexKey;
    this.#heardAt = performance.now();
  }

  /** Asks until there is an answer: after a new login if the session is lost, later if too early. */
  async #ask(request: SessionRequest, isWithinReturn: boolean): Promise<Reply> {
    for (let losses = 0; losses < MOST_LOSSES;) {
      if (!isWithinReturn) await this.#returning;
      const channel = this.#channel;
      const reply = await this.#exchange(request, this.#waits);
      if (reply === "lost" && isWithinReturn) break;
      if (reply === "lost") {
        losses++;
        await this.#return(channel);
      } else if (!reply) {
        this.#lose();
        break;
      } else if (reply.kind !== "error") {
        return reply;
      } else if (reply.code === 429) {
        await this.#pause(TOO_MANY_MS);
      } else {
        throw new BitTrickleError("refused", `The index refuses: ${escapeText(reply.reason)}`);
      }
    }
    throw noAnswerFrom(this.#link.index);
  }

  /** Sends `request`. Returns nothing if no answer comes. */
  async #exchange(
    request: SessionRequest,
    waits: readonly number[],
  ): Promise<Reply | "lost" | undefined> {
    const isFarewell = request.verb === "bye";
    while (this.#channel && !this.#channel.hasRoom && !isFarewell) await this.#room.promise;
    if (this.#leaving.signal.aborted && !isFarewell) throw interrupted();
    const channel = this.#channel;
    if (!channel) throw new BitTrickleError("refused", "Log in first");
    const carried = channel.carry(request);
    try {
      const reply = await this.#link.exchange({ ...carried, waits });
      if (reply && reply !== "lost") this.#hear();
      return reply;
    } finally {
      channel.finish(carried.number);
      this.#room.resolve();
      this.#room = Promise.withResolvers();
    }
  }

  /** Logs in again in place of `lost`, unless that has been done or is being done. */
  async #return(lost: SealedChannel | undefined): Promise<void> {
    if (this.#channel !== lost && !this.#returning) return;
    this.#returning ??= this.#comeBack().finally(() => this.#returning = undefined);
    await this.#returning;
  }

  /** Not more often than {@linkcode RELOGIN_MS} allows. */
  async #comeBack(): Promise<void> {
    const credentials = this.#credentials;
    if (!credentials) throw new BitTrickleError("refused", "Log in first");
    await this.#pause(Math.max(0, this.#enteredAt + RELOGIN_MS - performance.now()));
    try {
      await this.#enter(credentials);
    } catch (error) {
      // Whoever is active under this name may be this very client, a moment ago.
      if (error instanceof BitTrickleError && error.code === "already_active") return;
      throw error;
    }
    this.#isGone = false;
    this.#tell("again");
    const ask = (page: SessionRequest) => this.#ask(page, true);
    await this.#options.onReturn?.((request) => askPages(ask, request));
  }

  /** @throws {BitTrickleError} `interrupted` if the session is closed meanwhile */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#leaving;
    await delay(ms, { signal }).catch(() => {});
    if (signal.aborted) throw interrupted();
  }

  async #beat(): Promise<void> {
    const every = this.#options.heartbeatMs ?? HEARTBEAT_MS;
    const { signal } = this.#leaving;
    const pause = (ms: number) => delay(ms, { signal }).then(() => true, () => false);
    while (await pause(Math.max(10, this.#heardAt + every - performance.now()))) {
      if (performance.now() - this.#heardAt < every) continue;
      const failure = await this.#beatOnce().catch((error) => error);
      if (!failure) continue;
      if (isOut(failure)) return this.#tell("out");
      // The network is down, most likely: the system cannot even send.
      if (!signal.aborted) this.#lose();
      await pause(UNSENDABLE_MS);
    }
  }

  async #beatOnce(): Promise<void> {
    await this.#returning;
    const channel = this.#channel;
    const reply = await this.#exchange({ verb: "heartbeat" }, HEARTBEAT_RETRANSMIT_MS);
    if (reply === "lost") await this.#return(channel);
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
