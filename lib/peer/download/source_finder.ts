/**
 * Asking the index for sources again and again, while a download goes on.
 *
 * @module
 */

import { BitTrickleError, isSilence } from "../../errors.ts";
import { FIND_LOST_MS, FIND_SOURCES_MS, SILENT_INDEX_MS } from "../../protocol/download_limits.ts";

/**
 * Waits before the first searches of a file that others may be fetching at the same time, in
 * milliseconds: those who begin together find each other as soon as one has something.
 */
const FIRST_WAITS_MS: readonly number[] = [300, 300, 600, 1_000, 2_000];

/** What a {@linkcode SourceFinder} works with. `Found` is what the index says. */
export interface SourceFinderSetting<Found> {
  /** Whether others may be fetching the same. @default {false} */
  readonly isShared?: boolean | undefined;
  readonly find: () => Promise<Found>;
  /** Hears what the index says, and whether it was silent before. */
  readonly onFound: (found: Found, wasSilent: boolean) => void;
  /** Hears that an answer came, or none. */
  readonly onDone: () => void;
}

/** Looks for sources, once at a time. Times are milliseconds of a steady clock. */
export class SourceFinder<Found> {
  readonly #setting: SourceFinderSetting<Found>;
  #lookedAt: number;
  #lookingSince: number | undefined;
  #hasLooked = false;
  #looks = 0;
  #failure: BitTrickleError | undefined;

  /** @param now When it was looked last */
  constructor(setting: SourceFinderSetting<Found>, now: number) {
    this.#setting = setting;
    this.#lookedAt = now;
  }

  /** Whether the index has answered since something was lost. */
  get isUpToDate(): boolean {
    return this.#hasLooked && this.#lookingSince === undefined && !this.#failure;
  }

  /** Why the index did not answer the last time, if it did not. */
  get failure(): BitTrickleError | undefined {
    return this.#failure;
  }

  /** Whether the index does not answer. */
  isSilent(now: number): boolean {
    const isWaiting = now - (this.#lookingSince ?? now) >= SILENT_INDEX_MS;
    return isWaiting || (this.#failure !== undefined && isSilence(this.#failure));
  }

  /** Takes in that something was lost. */
  forget(): void {
    this.#hasLooked = false;
  }

  /** Looks if it is time: now and then while something comes, else at once and every second. */
  lookIfDue(isBusy: boolean, now: number): void {
    const due = this.#lookedAt + (isBusy ? this.#pauseMs : FIND_LOST_MS);
    const isNeeded = !isBusy && !this.#hasLooked && !this.#failure;
    if (this.#lookingSince !== undefined || (now < due && !isNeeded)) return;
    this.#lookingSince = now;
    this.#hasLooked = true;
    this.#look();
  }

  get #pauseMs(): number {
    const first = this.#setting.isShared ? FIRST_WAITS_MS[this.#looks] : undefined;
    return first ?? FIND_SOURCES_MS;
  }

  async #look(): Promise<void> {
    const { find, onFound, onDone } = this.#setting;
    try {
      const found = await find();
      const wasSilent = this.isSilent(performance.now());
      this.#failure = undefined;
      onFound(found, wasSilent);
    } catch (error) {
      this.#failure = error instanceof BitTrickleError
        ? error
        : new BitTrickleError("network", "the index cannot be asked", { cause: error });
    }
    this.#looks++;
    this.#lookedAt = performance.now();
    this.#lookingSince = undefined;
    onDone();
  }
}
