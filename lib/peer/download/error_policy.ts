/**
 * What an error of a piece fetcher means: it ends the download, drops the source, has it asked again
 * later, or means nothing.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import type { PieceFetcher } from "./piece_fetcher.ts";
import type { PieceFetchers } from "./piece_fetchers.ts";
import type { SourceList } from "./source_list.ts";

/** What an {@linkcode ErrorPolicy} works with. */
export interface ErrorPolicySetting {
  readonly sources: SourceList;
  readonly fetchers: PieceFetchers;
  /** Hears what ends the download. */
  readonly onFatal: (error: unknown) => void;
  /** Hears what a person may want to know, safe to show. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** Judges the errors of one download. */
export class ErrorPolicy {
  readonly #setting: ErrorPolicySetting;
  #mayBeReplaced = false;

  constructor(setting: ErrorPolicySetting) {
    this.#setting = setting;
  }

  /** Whether a source said that its file has changed, or is gone. */
  get mayBeReplaced(): boolean {
    return this.#mayBeReplaced;
  }

  /** Takes in what `fetcher` failed with. */
  judge(fetcher: PieceFetcher, error: unknown): void {
    if (this.#setting.sources.isBad(fetcher.id)) return;
    if (!(error instanceof BitTrickleError) || isOurs(error)) return this.#setting.onFatal(error);
    // Sources close connections that nobody uses for a while.
    if (fetcher.mayBeStale && error.code === "network") return;
    this.#mayBeReplaced ||= error.code === "changed" || error.code === "not_found";
    if (error.code === "unverified") this.#drop(fetcher, error);
    else this.#askLater(fetcher, error);
  }

  /** Takes in that the source `id` had not noticed that its file changed: its bad piece was no attack. */
  expectChange(id: string): void {
    this.#mayBeReplaced = true;
    this.#setting.sources.expectChange(id);
  }

  #drop(fetcher: PieceFetcher, error: BitTrickleError): void {
    const { sources, fetchers } = this.#setting;
    sources.recordFailure(fetcher.id, error, true, performance.now());
    fetchers.closeOthersOf(fetcher);
    this.#note(`Going on without ${fetcher.user}: ${error.message}`);
  }

  #askLater({ id, user }: PieceFetcher, error: BitTrickleError): void {
    const isFirst = this.#setting.sources.recordFailure(id, error, false, performance.now());
    if (isFirst && error.code === "timeout") this.#note(`Waiting for ${user}: ${error.message}`);
  }

  #note(text: string): void {
    this.#setting.onNote?.(escapeText(text));
  }
}

/** Whether `error` is no fault of a source. */
function isOurs({ code }: BitTrickleError): boolean {
  return code === "disk" || code === "exists" || code === "interrupted" || code === "usage";
}
