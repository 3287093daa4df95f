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

/**
 * Who is connected, and shared out among hosts once there is no room for all. `C` is what stands for a
 * connection.
 */
export class Connections<C> {
  readonly #most: number;
  /** Those that have come first are first. */
  readonly #entries = new Map<C, Entry>();
  readonly #ofHosts = new Tally();

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

  /** Whether one more from `hostname` may stay, though this side waits for none of the others. */
  hasRoomFor(hostname: string): boolean {
    if (this.size < this.#most) return true;
    const own = this.#ofHosts.of(hostKey(hostname)) + 1;
    return [...this.#entries.values()].some(({ host }) => this.#ofHosts.of(host) > own);
  }

  /**
   * Takes in a connection from `hostname`, which waits for a request, and returns who has to be closed
   * for it: from the host that has the most connections, the first of those that wait. One that is
   * being answered is closed only if its host has more than that of the newcomer; if there is none
   * either, it is the newcomer itself.
   */
  enter(connection: C, hostname: string): C | undefined {
    const host = hostKey(hostname);
    this.#entries.set(connection, { host, isWaiting: true });
    this.#ofHosts.add(host, 1);
    if (this.#entries.size <= this.#most) return undefined;
    const superfluous = this.#superfluous(this.#ofHosts.of(host));
    this.leave(superfluous);
    return superfluous;
  }

  /** Takes in whether this side waits for what `connection` does: sends a request, or leaves. */
  change(connection: C, isWaiting: boolean): void {
    const entry = this.#entries.get(connection);
    if (entry) entry.isWaiting = isWaiting;
  }

  /** Takes in that `connection` is closed. */
  leave(connection: C): void {
    const entry = this.#entries.get(connection);
    if (entry && this.#entries.delete(connection)) this.#ofHosts.add(entry.host, -1);
  }

  /** @param own How many the host of the newcomer has, which waits */
  #superfluous(own: number): C {
    let found: { readonly connection: C; readonly rank: number } | undefined;
    for (const [connection, { host, isWaiting }] of this.#entries) {
      const count = this.#ofHosts.of(host);
      if (!isWaiting && count <= own) continue;
      const rank = 2 * count + (isWaiting ? 1 : 0); // Of one host those that wait go first.
      if (rank > (found?.rank ?? 0)) found = { connection, rank };
    }
    return found!.connection;
  }
}
