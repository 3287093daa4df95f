/**
 * Publishing many files at once.
 *
 * @module
 */

import { BitTrickleError } from "../../lib/errors.ts";
import type { Journal } from "../../lib/index/catalogue/journal.ts";
import { Publications } from "../../lib/index/catalogue/publications.ts";
import { PLAIN_SHARE } from "../../lib/protocol/share.ts";
import { fileAt } from "../journal/files.ts";

/** Publishes files of many users, none of them twice. */
export class Publisher {
  /** How many files. */
  published = 0;
  readonly #publications: Publications;

  /** @param atOnce How many publications are on their way at any time */
  constructor(journal: Journal, readonly atOnce: number) {
    this.#publications = new Publications(journal);
  }

  /** Publishes `count` more. */
  async publish(count: number, signal: AbortSignal): Promise<void> {
    const end = this.published + count;
    await Promise.all(Array.from({ length: this.atOnce }, async () => {
      while (this.published < end && !signal.aborted) await this.#publishNext();
    }));
  }

  async #publishNext(): Promise<void> {
    const { user, name, details } = fileAt(this.published++);
    const publisher = { user, share: PLAIN_SHARE };
    const reply = await this.#publications.publish(publisher, [{ name, details: details! }]);
    if (reply.kind === "published") return;
    throw new BitTrickleError("disk", `the journal replied ${JSON.stringify(reply)}`);
  }
}
