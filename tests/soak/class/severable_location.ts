/**
 * An index that a client can be cut off from, as if it had been killed.
 *
 * @module
 */

import { IndexLocation } from "../../../lib/peer/session/index_location.ts";
import type { SealedLink } from "../../../lib/peer/session/sealed_link.ts";

/** Remembers the links to an index. */
export class SeverableLocation extends IndexLocation {
  #links: readonly SealedLink[] = [];

  override async openLinks(signal: AbortSignal): Promise<SealedLink[]> {
    const links = await super.openLinks(signal);
    this.#links = links;
    return links;
  }

  /** Nothing is sent any more, not even a farewell. */
  async sever(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()));
  }
}
