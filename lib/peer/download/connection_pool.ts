/**
 * Connections to sources, kept open from one file to the next.
 *
 * @module
 */

import type { Address } from "../../protocol/address.ts";
import { DOWNLOAD_CONNECTIONS } from "../../protocol/download_limits.ts";
import type { Pass } from "../../protocol/ticket.ts";
import { SourceConnection, type SourceOptions } from "./source_connection.ts";

/** A client that has the file, and what lets one fetch it. */
export interface SealedSource {
  readonly user: string;
  readonly address: Address;
  /** Where it may be found as well. */
  readonly otherAddress?: Address | undefined;
  readonly pass: Pass;
  /** When the ticket came, in milliseconds of a steady clock. */
  readonly since: number;
  /** Whether it fetches the file itself, and has a part of it. */
  readonly isPartial?: boolean | undefined;
}

/**
 * Tells `source` from all others, those on other devices of the same user among them, wherever it is. A
 * label alone would not do: a user may have that of another one certified, and so pass for him.
 */
export function sourceId({ user, pass }: Pick<SealedSource, "user" | "pass">): string {
  return `${user} ${pass.label}`;
}

/** A connection, and whether it was there before: then its source may have closed it since. */
export interface PooledConnection {
  readonly connection: SourceConnection;
  readonly isUsed: boolean;
}

/** Open connections, several to one source if need be. Closed together. */
export class ConnectionPool implements Disposable {
  readonly #options: SourceOptions;
  readonly #closing = new AbortController();
  readonly #signal: AbortSignal;
  readonly #connections = new Map<string, Promise<SourceConnection>>();
  /** Sources that are slow or have a queue, and for how long that is believed. */
  readonly #slowUntil = new Map<string, number>();
  /** The slot that was taken in turn last. */
  #turn = -1;

  /** @param options Of all connections */
  constructor(options: SourceOptions) {
    this.#options = options;
    const { signal } = this.#closing;
    this.#signal = options.signal ? AbortSignal.any([options.signal, signal]) : signal;
  }

  /**
   * The open connection in the `slot` of `source`, or a new one.
   *
   * @throws {BitTrickleError} as {@linkcode SourceConnection.open}
   */
  async connect(source: SealedSource, slot: number): Promise<PooledConnection> {
    const key = `${sourceId(source)} ${slot}`;
    const known = this.#connections.get(key);
    const existing = await known?.catch(() => undefined);
    if (existing?.isOpen) return { connection: existing, isUsed: true };
    // Of those who come at the same time one opens it, and the others use it.
    if (this.#connections.get(key) !== known) return await this.connect(source, slot);
    const options = { ...this.#options, signal: this.#signal };
    const { address, otherAddress, pass: { label } } = source;
    const opening = SourceConnection.open(address, { label, otherAddress }, options);
    this.#connections.set(key, opening);
    return { connection: await opening, isUsed: false };
  }

  /**
   * One of a few connections to `source`, each in its turn: on each the source serves one request
   * after the other.
   *
   * @throws {BitTrickleError} as {@linkcode connect}
   */
  async connectInTurn(source: SealedSource): Promise<SourceConnection> {
    this.#turn = (this.#turn + 1) % DOWNLOAD_CONNECTIONS;
    return (await this.connect(source, this.#turn)).connection;
  }

  /** Takes in that nothing is to be had from `source` at once, for about `ms` milliseconds. */
  leaveFor(source: SealedSource, ms: number): void {
    this.#slowUntil.set(sourceId(source), performance.now() + ms);
  }

  /** Whether nothing is to be had from `source` at once. */
  isSlow(source: SealedSource): boolean {
    return performance.now() < (this.#slowUntil.get(sourceId(source)) ?? -Infinity);
  }

  /** Closes all, and fails what is under way. */
  [Symbol.dispose](): void {
    for (const opening of this.#connections.values()) opening.catch(() => {});
    this.#closing.abort();
    this.#connections.clear();
  }
}
