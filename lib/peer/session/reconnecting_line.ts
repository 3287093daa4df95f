/**
 * The line to an index that is found again when it is lost: when the index has forgotten the session,
 * or nothing is heard any more, because it, or this machine, is somewhere else now. Where the index
 * has several servers, the next line may lead to another one.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { pause } from "../../async/pause.ts";
import { unlessAborted } from "../../async/until_aborted.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import type { Address } from "../../protocol/address.ts";
import { LOOK_MS, RELOGIN_MS } from "../../protocol/limits.ts";
import type { IndexLocation } from "./index_location.ts";
import { IndexLogin, type TryOptions } from "./index_login.ts";
import type { OnNews } from "./index_session.ts";
import type { KnownServers } from "./known_servers.ts";
import { Outage } from "./outage.ts";
import { isSilence, Relogin } from "./relogin.ts";
import { SealedChannel } from "./sealed_channel.ts";
import type { SealedCredentials } from "./handshake_options.ts";
import {
  CHANGED_PASSWORD,
  type Entered,
  errorOf,
  type Failure,
  type NotEntered,
} from "./login_outcome.ts";
import { GuessAllowance } from "./sealed_login.ts";
import { SealedLine } from "./sealed_line.ts";
import { SessionGate } from "./session_gate.ts";
import { TicketOpener } from "./ticket_opener.ts";

/** How a {@linkcode ReconnectingLine} is kept. */
export interface ReconnectingLineOptions {
  readonly known: KnownServers;
  readonly onNews: OnNews;
  /** Makes the new session what the old one was, before anybody else asks anything. */
  readonly restore: () => Promise<void>;
}

/** Holds the line that is in use, and looks for the next one. */
export class ReconnectingLine {
  readonly #location: IndexLocation;
  readonly #options: ReconnectingLineOptions;
  readonly #leaving = new AbortController();
  readonly #login: IndexLogin;
  readonly #gate = new SessionGate();
  readonly tickets = new TicketOpener();
  #credentials: SealedCredentials | undefined;
  #line: SealedLine | undefined;
  #indexKey: string | undefined;
  #catalogue: string | undefined;
  #enteredAt = -Infinity;
  readonly #outage: Outage;
  #failure: Failure | BitTrickleError = { kind: "silent" };
  #relogin: Relogin | undefined;
  /** Fires when the line that is in use turns out to be good. */
  #heard = new AbortController();
  #comingBack: Promise<void> | undefined;
  #restoring: Promise<boolean> | undefined;

  constructor(location: IndexLocation, options: ReconnectingLineOptions) {
    this.#location = location;
    this.#options = options;
    this.#login = new IndexLogin(location, options.known);
    this.#outage = new Outage(options.onNews, location.isFleet);
  }

  /** The line in use, if the user is logged in. */
  get current(): SealedLine | undefined {
    return this.#line;
  }

  /** The index's long-term key, once the user is logged in. */
  get indexKey(): string | undefined {
    return this.#indexKey;
  }

  /** The id of the catalogue, as the newest login told it. */
  get catalogue(): string | undefined {
    return this.#catalogue;
  }

  /** Whether the index has forgotten the session, so that nothing can be asked. */
  get isLost(): boolean {
    return this.#gate.isClosed;
  }

  /** Whether the index does not answer. */
  get isGone(): boolean {
    return this.#outage.isGone;
  }

  /**
   * Logs in for the first time.
   *
   * @throws {BitTrickleError} see {@linkcode errorOf}, `refused` for another index, `interrupted`
   */
  async logIn(
    credentials: SealedCredentials,
    options: Omit<TryOptions, "signal">,
  ): Promise<void> {
    const { signal } = this.#leaving;
    const trying = { ...options, signal, onFailure: this.#onFailure };
    const outcome = await this.#login.everywhere(credentials, trying);
    if (outcome.kind !== "entered") throw this.#errorOf(outcome);
    this.#credentials = credentials;
    this.#use(outcome);
  }

  /** Takes in that the index has answered on `line`. */
  heardOn(line: SealedLine): void {
    if (line !== this.#line || this.isLost) return;
    if (this.isGone) this.#location.found(line.link);
    this.#outage.endBack();
    // Each call makes an error, also one that changes nothing.
    if (!this.#heard.signal.aborted) this.#heard.abort();
  }

  /** Takes in that the index does not know the session of `line` any more. */
  lost(line: SealedLine): void {
    if (line !== this.#line) return;
    this.#gate.close();
    this.#comeBackSoon();
    this.#relogin?.hurry();
  }

  /** Takes in that the index is silent: it is looked for, while its answer is still waited for. */
  silent(): void {
    if (this.#leaving.signal.aborted) return;
    if (!this.isGone && this.#line) this.#location.avoid(this.#line.link.server);
    this.#outage.begin();
    this.#comeBackSoon();
  }

  /**
   * Waits while nothing can be asked: for a login until `deadline`, in milliseconds of a steady clock,
   * and for what is to be restored after one.
   *
   * @throws {BitTrickleError} why there is no session
   */
  async ready(deadline: number): Promise<void> {
    const { signal } = this.#leaving;
    while (this.isLost || this.#restoring) {
      if (!this.isLost) await unlessAborted(this.#restoring!, signal);
      else if (!await this.#isIn(deadline)) throw this.#errorOf(this.#failure);
    }
  }

  /** Resolves when the index has let the user in again, or will not. */
  async reentered(): Promise<void> {
    await this.#gate.settled();
  }

  /** Stops looking, and closes the line. */
  async close(): Promise<void> {
    this.#leaving.abort();
    this.#gate.interrupt();
    if (this.#line) this.#login.close(this.#line);
    await this.#login.closed();
  }

  /** Waits until the index has let the user in, and returns whether it did in time. */
  async #isIn(deadline: number): Promise<boolean> {
    this.#comeBackSoon();
    const isIn = this.#gate.opened().then(() => true);
    return await withTimeout(isIn, Math.max(0, deadline - performance.now())) ?? false;
  }

  #comeBackSoon(): void {
    if (this.#comingBack || this.#leaving.signal.aborted) return;
    this.#gate.retry();
    this.#failure = { kind: "silent" };
    this.#comingBack = this.#comeBack().finally(() => this.#comingBack = undefined);
    this.#comingBack.catch((error) => {
      if (!(error instanceof BitTrickleError)) throw error; // Who asks is told the others.
    });
  }

  async #comeBack(): Promise<void> {
    do {
      if (!await this.#logInAgain()) return;
      this.#restoring = isDone(this.#options.restore()).finally(() => this.#restoring = undefined);
    } while (!await this.#restoring);
  }

  /** Returns whether there is a new session. There is none if the old one turns out to be good. */
  async #logInAgain(): Promise<boolean> {
    const heard = new AbortController();
    this.#heard = heard;
    const signal = AbortSignal.any([this.#leaving.signal, heard.signal]);
    try {
      const spreadMs = this.isLost ? this.#location.spreadMs : 0;
      await pause(Math.max(spreadMs, this.#enteredAt + RELOGIN_MS - performance.now()), signal);
      const entered = await this.#enterAgain(signal);
      const [from, to] = [this.#line!.link.server, entered.link.server];
      this.#use(entered);
      this.#outage.endAgain(from, to);
      return true;
    } catch (error) {
      if (heard.signal.aborted && !this.#leaving.signal.aborted) return false;
      throw error;
    } finally {
      this.#relogin = undefined;
    }
  }

  async #enterAgain(signal: AbortSignal): Promise<Entered> {
    const allowance = new GuessAllowance(); // One for all tries: an absence may be long.
    this.#relogin = new Relogin({
      enter: () => {
        this.#failure = { kind: "silent" }; // Until the index answers this try as well.
        const link = this.isLost ? this.#line!.link : undefined;
        const options = { waits: LOOK_MS, signal, allowance, onFailure: this.#onFailure };
        const former = this.#line!.channel.session;
        return this.#login.again(link, { ...this.#credentials!, former }, options);
      },
      onFailure: (failure) => {
        this.#failure = failure;
        if (isSilence(failure)) this.silent();
        if (this.#location.isFleet) this.#outage.tell();
        else if ("kind" in failure && failure.kind === "forged") {
          this.#outage.warn(this.#location.servers[0]!);
        }
      },
      busyMs: this.#location.isFleet ? () => this.#location.busyMs : undefined,
      signal,
    });
    const outcome = await this.#relogin.run();
    if (outcome.kind === "entered") return outcome;
    throw this.#refused(outcome);
  }

  /** Takes in why one of several servers is of no use, also when another lets the user in. */
  readonly #onFailure = (failure: NotEntered, server: Address) => {
    if (!this.#location.isFleet) return;
    const { kind } = failure;
    if (kind === "forged" || kind === "foreign") this.#outage.warn(server);
    if ("seconds" in failure && failure.isSure) {
      this.#location.leaveAlone(server, failure.seconds * 1_000);
    }
  };

  #refused(failure: NotEntered): BitTrickleError {
    const isOutdated = failure.kind === "refused";
    const error = isOutdated
      ? new BitTrickleError("login_refused", CHANGED_PASSWORD)
      : this.#errorOf(failure);
    const news = isOutdated ? "password" : failure.kind === "weakened" ? "weakened" : "out";
    if (!this.#gate.isRefused) this.#options.onNews(news);
    this.#gate.refuse(error);
    return error;
  }

  #use(entered: Entered): void {
    const { link } = entered;
    const old = this.#line;
    const line = new SealedLine(link, new SealedChannel(entered));
    // An index that stops says so, though nobody asks it just then.
    link.onDatagram = (datagram) => {
      if (line.channel.isReset(datagram)) this.lost(line);
    };
    this.#line = line;
    this.tickets.add(line.channel);
    this.#indexKey = entered.indexKey;
    this.#catalogue = entered.catalogue;
    this.#enteredAt = performance.now();
    this.#location.found(link);
    this.#outage.end();
    this.#gate.open();
    old?.replace();
    if (old && old.link !== link) this.#login.close(old.link);
    if (this.#leaving.signal.aborted) this.#login.close(this.#line);
  }

  #errorOf(failure: Failure | BitTrickleError): BitTrickleError {
    if (failure instanceof BitTrickleError) return failure;
    return errorOf(failure, this.#location.name, this.#options.known.place);
  }
}

/** Whether all was restored. If the index was lost meanwhile, it has to be done again. */
async function isDone(restoring: Promise<void>): Promise<boolean> {
  try {
    await restoring;
    return true;
  } catch (error) {
    if (error instanceof BitTrickleError && error.code === "timeout") return false;
    throw error;
  }
}
