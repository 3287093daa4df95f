/**
 * The connections of the HTTP server: bounded, and those that only wait make room for others.
 *
 * @module
 */

import { hostKey } from "../../protocol/address.ts";
import { Tally } from "../../collections/tally.ts";

/** Most connections: ten browsers have 60, and each connection costs some memory. */
export const HTTP_CONNECTIONS = 256;

interface Entry {
  readonly host: string;
  isAsking: boolean;
}

/** Who is connected. `C` is what stands for a connection. */
export class Connections<C> {
  readonly #most: number;
  /** Those that have come first are first. */
  readonly #entries = new Map<C, Entry>();
  readonly #asking = new Tally();

  /** @param most How many may be connected. @default {@linkcode HTTP_CONNECTIONS} */
  constructor(most: number = HTTP_CONNECTIONS) {
    this.#most = most;
  }

  /** How many there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** All of them. */
  get all(): Iterable<C> {
    return this.#entries.keys();
  }

  /**
   * Takes in a connection from `hostname`, and returns who has to go for it: of those that have not
   * asked yet, from the host that has the most of them, the first; if there is none, it is itself.
   */
  enter(connection: C, hostname: string): C | undefined {
    const host = hostKey(hostname);
    this.#entries.set(connection, { host, isAsking: true });
    this.#asking.add(host, 1);
    return this.#entries.size > this.#most ? this.#superfluous() : undefined;
  }

  /** Takes in that `connection` has sent its request. */
  asked(connection: C): void {
    const entry = this.#entries.get(connection);
    if (!entry?.isAsking) return;
    entry.isAsking = false;
    this.#asking.add(entry.host, -1);
  }

  /** Takes in that `connection` is closed. */
  leave(connection: C): void {
    this.asked(connection);
    this.#entries.delete(connection);
  }

  #superfluous(): C | undefined {
    let found: { readonly connection: C; readonly count: number } | undefined;
    for (const [connection, { host, isAsking }] of this.#entries) {
      const count = isAsking ? this.#asking.of(host) : 0;
      if (count > (found?.count ?? 0)) found = { connection, count };
    }
    return found?.connection;
  }
}
