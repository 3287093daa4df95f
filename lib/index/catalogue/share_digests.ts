/**
 * What shares hold, in few bytes, for those who ask.
 *
 * @module
 */

import { RecentMap } from "../../collections/recent_map.ts";
import { ShareSums } from "../../protocol/digest.ts";
import type { FileDetails } from "../../protocol/messages.ts";
import type { Publication } from "./publication.ts";

/** Shares whose sums are kept, of 8 KiB each: more than are active at a time. */
const KEPT = 1_000;

/** Publications that are read without a rest: each is hashed, which takes some three microseconds. */
const READ_A_SLICE = 256;

/** The sums of a share, and how far it has been read. */
interface Kept {
  readonly sums: ShareSums;
  /** The last name that was read, while some are left. */
  readTo: string | undefined;
}

/**
 * The sums of those shares whose clients asked lately: read once, when somebody asks first, and kept up
 * to date from then on.
 */
export class ShareDigests {
  readonly #kept = new RecentMap<number, Kept>(KEPT);

  /** Whether there is anything to note of `publisher`. */
  has(publisher: number): boolean {
    return this.#kept.size > 0 && this.#kept.has(publisher);
  }

  /** Takes in that a publication is there, or not any more. */
  note(publisher: number, name: string, details: FileDetails | undefined, change: 1 | -1): void {
    const kept = this.#kept.get(publisher);
    if (!kept || kept.readTo !== undefined && name > kept.readTo) return;
    kept.sums.change(name, details, change);
  }

  /**
   * The sums of `publisher`; nothing if some of its publications have not been read yet, so that it has
   * to be called again.
   *
   * @param namesAfter What the publisher publishes behind a name
   */
  read(
    publisher: number,
    namesAfter: (after: string) => Iterable<Publication>,
  ): ShareSums | undefined {
    const kept = this.#kept.get(publisher) ?? { sums: new ShareSums(), readTo: "" };
    this.#kept.set(publisher, kept);
    if (kept.readTo === undefined) return kept.sums;
    let left = READ_A_SLICE;
    for (const { name, details } of namesAfter(kept.readTo)) {
      kept.sums.change(name, details, 1);
      kept.readTo = name;
      if (--left === 0) return undefined;
    }
    kept.readTo = undefined;
    return kept.sums;
  }
}
