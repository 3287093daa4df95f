/**
 * Published files that may have changed: looked at again in the background, a few at a time.
 *
 * @module
 */

import { reasonOf } from "../../errors.ts";

/** How many are looked at at once: while one is read, another waits for the index. */
const AT_ONCE = 2;

/** A published file that may not be what was published. */
export interface Suspect {
  readonly name: string;
  /** Whether the file is read even if it looks as when it was hashed. @default {false} */
  readonly isWrong?: boolean;
}

/** What is done with them. */
export interface RefreshSetting {
  /** Finds out what a file is, tells the index, and returns whether it is another content. */
  readonly refresh: (suspect: Suspect, signal: AbortSignal) => Promise<boolean>;
  /** Hears of each file that was another content, or why it could not be found out. */
  readonly onChanged: (name: string, error?: unknown) => void;
}

/** Each file once, however often it is suspected meanwhile. */
export class RefreshQueue {
  readonly #setting: RefreshSetting;
  readonly #waiting = new Map<string, Suspect>();
  readonly #running = new Map<string, Promise<void>>();
  /** How the last look at a file failed: the same is not told again. */
  readonly #failures = new Map<string, string>();
  readonly #closing = new AbortController();

  constructor(setting: RefreshSetting) {
    this.#setting = setting;
  }

  /** Whether files are being looked at, or about to be. */
  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Has a file looked at. */
  add(suspect: Suspect): void {
    const { name, isWrong } = suspect;
    if (this.#closing.signal.aborted || this.#running.has(name)) return;
    if (isWrong || !this.#waiting.has(name)) this.#waiting.set(name, suspect);
    this.#begin();
  }

  /** Ends what is running, and tells nothing any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#waiting.clear();
    await Promise.all(this.#running.values());
  }

  #begin(): void {
    for (const suspect of this.#waiting.values()) {
      if (this.#running.size >= AT_ONCE) return;
      this.#waiting.delete(suspect.name);
      this.#running.set(suspect.name, this.#look(suspect));
    }
  }

  /** Never rejects. */
  async #look(suspect: Suspect): Promise<void> {
    const { name } = suspect;
    const { signal } = this.#closing;
    try {
      const isOther = await this.#setting.refresh(suspect, signal);
      this.#failures.delete(name);
      if (isOther && !signal.aborted) this.#setting.onChanged(name);
    } catch (error) {
      if (!signal.aborted) this.#fail(name, error);
    }
    this.#running.delete(name);
    this.#begin();
  }

  #fail(name: string, error: unknown): void {
    const reason = reasonOf(error);
    if (this.#failures.get(name) === reason) return;
    this.#failures.set(name, reason);
    this.#setting.onChanged(name, error);
  }
}
