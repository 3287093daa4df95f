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
  isWaiting: boolean;
}

/** Who is connected. `C` is what stands for a connection. */
export class Connections<C> {
  readonly #most: number;
  /** Those that have come first are first. */
  readonly #entries = new Map<C, Entry>();
  readonly #waiting = new Tally();

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
   * Takes in a connection from `hostname`, which waits for a request, and returns who has to be closed
   * for it: of those that wait, from the host that has the most of them, the first; if there is none, it is itself.
   */
  enter(connection: C, hostname: string): C | undefined {
    const host = hostKey(hostname);
    this.#entries.set(connection, { host, isWaiting: true });
    this.#waiting.add(host, 1);
    if (this.#entries.size <= this.#most) return undefined;
    const superfluous = this.#superfluous()!;
    this.leave(superfluous);
    return superfluous;
  }

  /** Takes in whether this side waits for what `connection` does: sends a request, or leaves. */
  change(connection: C, isWaiting: boolean): void {
    const entry = this.#entries.get(connection);
    if (!entry || entry.isWaiting === isWaiting) return;
    entry.isWaiting = isWaiting;
    this.#waiting.add(entry.host, isWaiting ? 1 : -1);
  }

  /** Takes in that `connection` is closed. */
  leave(connection: C): void {
    this.change(connection, false);
    this.#entries.delete(connection);
  }

  #superfluous(): C | undefined {
    let found: { readonly connection: C; readonly count: number } | undefined;
    for (const [connection, { host, isWaiting }] of this.#entries) {
      const count = isWaiting ? this.#waiting.of(host) : 0;
      if (count > (found?.count ?? 0)) found = { connection, count };
    }
    return found?.connection;
  }
}
