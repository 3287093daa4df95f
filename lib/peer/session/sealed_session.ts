/**
 * A session of protocol 2: sealed, numbered, and found again when it was lost.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError, interrupted } from "../../errors.ts";
import type { Advertised } from "../../protocol/address.ts";
import { escapeText } from "../../protocol/escape.ts";
import {
  CROWDED_MS,
  HEARTBEAT_MS,
  HEARTBEAT_RETRANSMIT_MS,
  RETRANSMIT_MS,
  TOO_MANY_MS,
} from "../../protocol/limits.ts";
import type { Reply } from "../../protocol/messages.ts";
import { credentialFault } from "../../protocol/names.ts";
import { withSmartCase } from "../../protocol/search_query.ts";
import type { ShownTicket } from "../../protocol/ticket.ts";
import type { IndexLocation } from "./index_location.ts";
import {
  cannotSendTo,
  type IndexSession,
  type NewsDetails,
  noAnswerFrom,
  type SessionNews,
  type SessionOptions,
  type SessionRequest,
  type UploadPorts,
} from "./index_session.ts";
import { InMemoryKnownServers, type KnownServers } from "./known_servers.ts";
import { askPages } from "./pages.ts";
import { ReconnectingLine } from "./reconnecting_line.ts";
import type { SealedLine } from "./sealed_line.ts";
import { SecondAddress } from "./second_address.ts";
import { Suspicion } from "./suspicion.ts";

/** How many times one request may find its session lost before it gives up. */
const MOST_LOSSES = 4;
/** How long one request is made again of an index that has too much to do, in milliseconds. */
const TOO_BUSY_MS = 10_000;
/** Waits between heartbeats to an index that is gone, in milliseconds: its return shows soon enough. */
const GONE_HEARTBEAT_MS: readonly number[] = [500, 500, 500, 500];
/** Waits for the answer to `bye`, in milliseconds: short, so that the client exits quickly. */
const FAREWELL_MS: readonly number[] = [100, 150, 250];

/** How a {@linkcode SealedSession} is kept. */
export interface SealedSessionOptions extends SessionOptions {
  /** The indexes that were met before. @default none */
  readonly known?: KnownServers | undefined;
  /** Waits of a login after those of a request, where many log in. @default {CROWDED_MS} */
  readonly crowdedMs?: readonly number[] | undefined;
  /** Whether silence means that the index knows only protocol 1. @default {false} */
  readonly mayBePlain?: boolean | undefined;
  /** The program that logs in, and its version. */
  readonly agent?: string | undefined;
  /** What the user serves from here. @default nothing */
  readonly share?: string | undefined;
  /** The name of this device, see `device.ts` of the protocol. */
  readonly device?: string | undefined;
  /** Where others are told that this client serves. @default where the index sees it */
  readonly advertise?: Advertised | undefined;
  /** The shared folder, likewise. It is told together with a share. */
  readonly toldFolder?: string | undefined;
}

/** A session of protocol 2. */
export class SealedSession implements IndexSession {
  readonly isSealed = true;
  readonly #location: IndexLocation;
  readonly #options: SealedSessionOptions;
  readonly #waits: readonly number[];
  readonly #line: ReconnectingLine;
  readonly #leaving = new AbortController();
  /** Where else those who fetch from here find this client. */
  readonly #second: SecondAddress;
  #beating: Promise<void> | undefined;
  #heardAt = 0;

  constructor(location: IndexLocation, options: SealedSessionOptions = {}) {
    this.#location = location;
    this.#options = options;
    this.#second = new SecondAddress(location);
    this.#waits = options.retransmitMs ?? RETRANSMIT_MS;
    this.#line = new ReconnectingLine(location, {
      known: options.known ?? new InMemoryKnownServers(),
      onNews: (news, details) => this.#tell(news, details),
      restore: async () => {
        const ask = (page: SessionRequest) => this.#ask(page, true);
        await options.onReturn?.((request) => askPages(ask, request));
      },
    });
  }

  get indexKey(): string | undefined {
    return this.#line.indexKey;
  }

  get catalogue(): string | undefined {
    return this.#line.catalogue;
  }

  get moves(): number {
    return this.#line.current?.moves ?? 0;
  }

  async logIn(user: string, password: string, ports: UploadPorts): Promise<void> {
    const fault = credentialFault(user);
    if (fault) throw new BitTrickleError("usage", `"${escapeText(user)}" is no user: ${fault}`);
    const { plain: tcpPort, tls: tlsPort } = ports;
    const credentials = { user, password, tcpPort, tlsPort, ...this.#introduction() };
    await this.#line.logIn(credentials, {
      waits: this.#waits,
      crowdedWaits: this.#options.crowdedMs ?? (this.#options.retransmitMs ? [] : CROWDED_MS),
      mayBePlain: this.#options.mayBePlain,
    });
    this.#startBeating();
  }

  ask(request: SessionRequest, most = Infinity): Promise<Reply> {
    const ask = (page: SessionRequest) => this.#ask(page, false);
    if (request.verb !== "sch") return askPages(ask, request, most);
    return askPages(ask, { ...request, text: withSmartCase(request.text) }, most);
  }

  openTicket(ticket: string): ShownTicket | undefined {
    return this.#line.tickets.open(ticket);
  }

  async close(): Promise<void> {
    if (!this.#leaving.signal.aborted) {
      this.#leaving.abort();
      await this.#sayBye().catch(() => {});
    }
    await Promise.all([this.#second.close(), this.#line.close(), this.#beating]);
  }

  /** What the index is told of this client. */
  #introduction() {
    const { agent = "bittrickle", share, device, toldFolder, advertise } = this.#options;
    return {
      agent,
      ...device === undefined ? {} : { device },
      ...share === undefined ? {} : { share },
      ...share === undefined || !advertise ? {} : { advertised: advertise.ip },
      ...share === undefined || toldFolder === undefined ? {} : { folder: toldFolder },
    };
  }

  /** Asks until there is an answer: after a new login if the session is lost, later if too early. */
  async #ask(request: SessionRequest, isWithinReturn: boolean): Promise<Reply> {
    const began = performance.now();
    const deadline = began + this.#waits.reduce((sum, wait) => sum + wait, 0);
    for (let losses = 0; losses < MOST_LOSSES;) {
      if (!isWithinReturn) await this.#line.ready(deadline);
      const reply = await this.#exchange(request, this.#waits);
      if (reply === "lost" && isWithinReturn) break;
      if (reply === "lost") losses++;
      else if (reply.kind !== "error") return reply;
      else if (reply.code !== 429 || performance.now() - began > TOO_BUSY_MS) {
        throw refusalOf(reply);
      } else await this.#pause(TOO_MANY_MS);
    }
    throw noAnswerFrom(this.#location.name);
  }

  /**
   * Sends `request` over the line that is in use.
   *
   * @throws {BitTrickleError} `timeout` or `network` if no answer comes
   */
  async #exchange(request: SessionRequest, waits: readonly number[]): Promise<Reply | "lost"> {
    const line = this.#line.current;
    if (!line) throw new BitTrickleError("refused", "Log in first");
    if (this.#leaving.signal.aborted) throw interrupted();
    using _ = this.#watch(line);
    const reply = await line.exchange(request, waits);
    if (reply === "lost") this.#line.lost(line);
    else if (reply) this.#hear(line);
    else this.#line.silent();
    if (reply) return reply;
    const { name } = this.#location;
    const { sendFailure } = line.link;
    throw sendFailure === undefined ? noAnswerFrom(name) : cannotSendTo(name, sendFailure);
  }

  /**
   * Watches over an answer on `line` until the result is disposed of: where there are other servers, one
   * that is silent for a while is replaced before the answer is given up.
   */
  #watch(line: SealedLine): Disposable | undefined {
    const { isFleet, suspectMs } = this.#location;
    if (!isFleet) return undefined;
    return new Suspicion(suspectMs, () => line.channel.heardAt, () => {
      if (line === this.#line.current) this.#line.silent();
    });
  }

  /** @throws {BitTrickleError} `interrupted` if the session is closed meanwhile */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#leaving;
    await delay(ms, { signal }).catch(() => {});
    if (signal.aborted) throw interrupted();
  }

  #startBeating(): void {
    this.#heardAt = performance.now();
    this.#beating ??= this.#beat().finally(() => this.#beating = undefined);
  }

  /** Sends heartbeats until the index refuses the user. */
  async #beat(): Promise<void> {
    const every = this.#options.heartbeatMs ?? HEARTBEAT_MS;
    const { signal } = this.#leaving;
    const pause = (ms: number) => delay(ms, { signal }).then(() => true, () => false);
    while (await pause(Math.max(10, this.#heardAt + every - performance.now()))) {
      if (performance.now() - this.#heardAt < every) continue;
      if (!this.#line.isLost) await this.#beatOnce();
      await this.#line.reentered();
      if (this.#line.isLost) return;
    }
  }

  async #beatOnce(): Promise<void> {
    try {
      const waits = this.#line.isGone ? GONE_HEARTBEAT_MS : HEARTBEAT_RETRANSMIT_MS;
      await this.#exchange({ verb: "heartbeat" }, waits);
    } catch (error) {
      if (!(error instanceof BitTrickleError)) throw error; // The line has taken the silence in.
    }
  }

  async #sayBye(): Promise<void> {
    const { current, isGone, isLost } = this.#line;
    if (!isGone && !isLost) await current?.leave(FAREWELL_MS);
  }

  #hear(line: SealedLine): void {
    this.#heardAt = performance.now();
    this.#line.heardOn(line);
    if (line === this.#line.current) this.#options.onWithdrawals?.(line.channel.withdrawals);
    if (this.#options.share !== undefined) this.#second.keep(line);
  }

  #tell(news: SessionNews, details?: NewsDetails): void {
    if (news === "again" || news === "moved") this.#startBeating();
    this.#options.onNews?.(news, details);
  }
}

function refusalOf({ reason }: Reply & { kind: "error" }): BitTrickleError {
  return new BitTrickleError("refused", `The index refuses: ${escapeText(reason)}`);
}
