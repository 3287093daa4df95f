/**
 * Proving to the index that this client has an address of the other kind as well, so that those who
 * have only IPv4, or only IPv6, reach what it serves.
 *
 * @module
 */

import { OTHER_ADDRESS_PROOF_MS } from "../../protocol/address_limits.ts";
import type { IndexLocation } from "./index_location.ts";
import type { SealedLine } from "./sealed_line.ts";
import type { SealedLink } from "./sealed_link.ts";

/** Waits between sendings, in milliseconds: it is done again before long. */
const WAITS_MS: readonly number[] = [100, 200, 400];

/** Messages of one proof: the first is told a token, the next shows it, and each may be overtaken. */
const MOST_MESSAGES = 4;

/** Proves again and again where else this client is. Failing does no harm: it may have no such address. */
export class SecondAddress {
  readonly #location: IndexLocation;
  #line: SealedLine | undefined;
  #moves = 0;
  #dueAt = -Infinity;
  #link: SealedLink | undefined;
  #proving: Promise<void> | undefined;
  #isClosed = false;

  constructor(location: IndexLocation) {
    this.#location = location;
  }

  /** Proves it for the session of `line`, unless that was done lately. Returns at once. */
  keep(line: SealedLine): void {
    const isKnown = line === this.#line && line.moves === this.#moves;
    const now = performance.now();
    if (this.#isClosed || this.#proving || (isKnown && now < this.#dueAt)) return;
    [this.#line, this.#moves, this.#dueAt] = [line, line.moves, now + OTHER_ADDRESS_PROOF_MS];
    // It is tried again, and whatever is wrong with the network shows elsewhere.
    this.#proving = this.#prove(line).catch(() => {}).finally(() => this.#proving = undefined);
  }

  /** Stops. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#link?.cancel();
    await this.#proving;
  }

  async #prove(line: SealedLine): Promise<void> {
    const link = this.#location.openOtherLink(line.link);
    if (!link) return;
    this.#link = link;
    try {
      await proveOver(link, line);
    } finally {
      this.#link = undefined;
      await link.close();
    }
  }
}

async function proveOver(link: SealedLink, line: SealedLine): Promise<void> {
  let token = "";
  for (let i = 0; i < MOST_MESSAGES; i++) {
    const request = { verb: "move", token, isAlso: true } as const;
    const answer = await line.exchangeElsewhere(request, link, WAITS_MS);
    if (answer === "lost" || answer?.kind === "done") return;
    // What was overtaken by newer requests has no answer.
    if (answer?.kind === "moved") token = answer.token;
  }
}
