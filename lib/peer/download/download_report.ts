/**
 * Telling the index how much of a file has come, so that whoever handed it out sees who has it.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import type { ContentKey } from "../../protocol/content.ts";
import type { Ask } from "../session/index_session.ts";
import type { DownloadState, OnDownload } from "./transfer_state.ts";

/** How often it is told, in milliseconds: about as often as a person looks. */
const REPORT_MS = 2_000;

/** Reports one download. What is lost on the way is not told again: the next report says more. */
export class DownloadReport {
  readonly #ask: Ask;
  readonly #content: ContentKey;
  #toldAt = -Infinity;
  #told = -1;
  #isUnderway = false;

  constructor(ask: Ask, content: ContentKey) {
    this.#ask = ask;
    this.#content = content;
  }

  /** Hears how far the download is, before `onProgress` does. */
  listening(onProgress?: OnDownload): OnDownload {
    return (state) => {
      this.take(state, performance.now());
      onProgress?.(state);
    };
  }

  /** Takes in how far the download is at `now`, in milliseconds of a steady clock. */
  take({ bytes, phase }: Pick<DownloadState, "bytes" | "phase">, now: number): void {
    if (phase === "verifying" || bytes === this.#told) return;
    if (!this.#isUnderway && now - this.#toldAt >= REPORT_MS) this.#tell(bytes, now);
  }

  /** Takes in that the file is there. */
  complete(): void {
    if (this.#told !== this.#content.size) this.#tell(this.#content.size, Infinity);
  }

  async #tell(bytes: number, now: number): Promise<void> {
    const { id, size } = this.#content;
    this.#told = bytes;
    this.#toldAt = now;
    this.#isUnderway = true;
    try {
      await this.#ask({ verb: "progress", content: { id, size }, bytes });
    } catch (error) {
      if (!(error instanceof BitTrickleError)) throw error;
      // An index that does not know the verb is asked no more.
      if (error.code === "refused") this.#toldAt = Infinity;
    } finally {
      this.#isUnderway = false;
    }
  }
}
