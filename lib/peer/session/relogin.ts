/**
 * The way back into an index: login after login, until one succeeds.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError, interrupted } from "../../errors.ts";
import { REFUSED_RELOGIN_MS, RELOGIN_MS } from "../../protocol/limits.ts";
import { type Entered, isFinal, type LoginOutcome, type NotEntered } from "./login_outcome.ts";

/** Refusals before the waits grow: an old session is over by then. */
const QUICK_TRIES = 4;

/** Longest wait after the first try where there are several servers, in milliseconds: there may be a crowd at one of them. */
const FLEET_PAUSE_MS = 1_000;

/** Failures that are no word of the index. */
const SILENCES: ReadonlySet<string> = new Set([
  "silent",
  "not understood",
  "unreachable",
  "network",
]);

/** What a {@linkcode Relogin} needs. */
export interface ReloginSetting {
  /** Tries once, over all links there are. */
  readonly enter: () => Promise<LoginOutcome>;
  /**
   * Where there are several servers: how long all want to be left alone, in milliseconds. One that does
   * keeps nobody from asking the others again, and the waits are at random so that many clients do not
   * come at once. @default there is one server
   */
  readonly busyMs?: (() => number) | undefined;
  /** Hears why a try has failed. */
  readonly onFailure: (failure: NotEntered | BitTrickleError) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Logs in again. Neither the network nor another host in place of the index can end it. */
export class Relogin {
  readonly #setting: ReloginSetting;
  #refusals = 0;
  #tries = 0;
  #isHurried = false;
  #wake = () => {};

  constructor(setting: ReloginSetting) {
    this.#setting = setting;
  }

  /** Tries the next time at once: somebody has answered. */
  hurry(): void {
    this.#isHurried = true;
    this.#wake();
  }

  /**
   * Returns the new session, or the refusal of the index.
   *
   * @throws {BitTrickleError} `interrupted`
   */
  async run(): Promise<Entered | NotEntered> {
    const { onFailure, signal } = this.#setting;
    for (;;) {
      const outcome = await this.#try();
      if (!(outcome instanceof BitTrickleError)) {
        if (outcome.kind === "entered" || isFinal(outcome)) return outcome;
      }
      onFailure(outcome);
      await this.#pause(this.#pauseAfter(outcome), signal);
    }
  }

  async #try(): Promise<LoginOutcome | BitTrickleError> {
    try {
      return await this.#setting.enter();
    } catch (error) {
      if (!(error instanceof BitTrickleError) || this.#setting.signal.aborted) throw error;
      return error; // What is known of the index cannot be read.
    }
  }

  #pauseAfter(failure: NotEntered | BitTrickleError): number {
    const { busyMs } = this.#setting;
    const isBusy = "seconds" in failure;
    this.#refusals = isSilence(failure) || busyMs && isBusy ? 0 : this.#refusals + 1;
    const isFirst = this.#tries++ === 0;
    const pause = busyMs && isFirst ? FLEET_PAUSE_MS : pauseAfter(this.#refusals);
    if (busyMs) return Math.max(busyMs(), pause * (1 / 2 + Math.random() / 2));
    return Math.max(isBusy ? failure.seconds * 1_000 : 0, pause);
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    if (this.#isHurried) woken.abort();
    await delay(ms, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => {});
    this.#isHurried = false;
    if (signal.aborted) throw interrupted();
  }
}

/** The wait after the last of so many refusals in a row, in milliseconds; after silence if there is none. */
export function pauseAfter(refusals: number): number {
  if (refusals === 0) return RELOGIN_MS;
  const { first, longest } = REFUSED_RELOGIN_MS;
  return Math.min(longest, first * 2 ** Math.max(0, refusals - QUICK_TRIES));
}

/** Whether there was no answer that leads on, or no address to ask. */
export function isSilence(failure: LoginOutcome | NotEntered | BitTrickleError): boolean {
  const kind = failure instanceof BitTrickleError ? failure.code : failure.kind;
  return SILENCES.has(kind);
}
