/**
 * What is told of an index that is away, each thing once.
 *
 * @module
 */

import { type Address, formatAddress, isSameAddress } from "../../protocol/address.ts";
import type { OnNews } from "./index_session.ts";

/** Whether the index is away, and who knows. */
export class Outage {
  readonly #onNews: OnNews;
  readonly #isFleet: boolean;
  #isGone = false;
  #isTold = false;
  /** Servers of which it was told that somebody else answers in their place. */
  readonly #warnedOf = new Set<string>();

  /** @param isFleet Whether there are several servers, of which the next may soon be found */
  constructor(onNews: OnNews, isFleet: boolean) {
    this.#onNews = onNews;
    this.#isFleet = isFleet;
  }

  /** Whether the index does not answer. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Takes in that the index does not answer. Where it has other servers, nobody has to know yet. */
  begin(): void {
    this.#isGone = true;
    if (!this.#isFleet) this.tell();
  }

  /** Tells that the index is away. */
  tell(): void {
    if (!this.#isTold) this.#onNews("gone");
    this.#isTold = true;
  }

  /** Tells that somebody who is not the index answers in place of `server`. */
  warn(server: Address): void {
    const name = formatAddress(server);
    const details = this.#isFleet ? { server } : undefined;
    if (!this.#warnedOf.has(name)) this.#onNews("forged", details);
    this.#warnedOf.add(name);
  }

  /** Takes in that the old session has been heard again. */
  endBack(): void {
    if (this.#isTold) this.#onNews("back");
    this.end();
  }

  /** Takes in that a new session at the server `to` has replaced one at `from`. */
  endAgain(from: Address, to: Address): void {
    this.end();
    if (isSameAddress(from, to)) this.#onNews("again");
    else this.#onNews("moved", { from, to });
  }

  /** Takes in that there is a session. */
  end(): void {
    this.#isGone = this.#isTold = false;
    this.#warnedOf.clear();
  }
}
