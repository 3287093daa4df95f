/**
 * The way back into an index: login after login, until one succeeds.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError, interrupted } from "../../errors.ts";
import { REFUSED_RELOGIN_MS, RELOGIN_MS } from "../../protocol/limits.ts";
import type { Entered, LoginOutcome, NotEntered } from "./login_outcome.ts";

/** Refusals before the waits grow: an old session is over by then. */
const QUICK_TRIES = 4;

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
  /** Hears why a try has failed. */
  readonly onFailure: (failure: NotEntered | BitTrickleError) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Logs in again. Neither the network nor another host in place of the index can end it. */
export class Relogin {
  readonly #setting: ReloginSetting;
  #refusals = 0;
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
    this.#refusals = isSilence(failure) ? 0 : this.#refusals + 1;
    const asked = "seconds" in failure ? failure.seconds * 1_000 : 0;
    return Math.max(asked, pauseAfter(this.#refusals));
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

/** Whether the index itself, and not another host in its place, lets this user in no more. */
function isFinal(outcome: LoginOutcome): boolean {
  if (outcome.kind === "not admitted") return true;
  return (outcome.kind === "refused" || outcome.kind === "weakened") && outcome.isSure;
}

/** Whether there was no answer that leads on, or no address to ask. */
export function isSilence(failure: LoginOutcome | NotEntered | BitTrickleError): boolean {
  const kind = failure instanceof BitTrickleError ? failure.code : failure.kind;
  return SILENCES.has(kind);
}
