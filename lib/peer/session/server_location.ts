/**
 * Where one server is: what a person typed, and the addresses behind it, which may change.
 *
 * @module
 */

import { isIP } from "node:net";
import { withTimeout } from "../../async/with_timeout.ts";
import { BitTrickleError } from "../../errors.ts";
import { type Address, isSameAddress } from "../../protocol/address.ts";

/** Finds the IP literals of a host, the best first. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Addresses of one host that are tried. */
const MOST_ADDRESSES = 8;

/** One server of an index. */
export class ServerLocation {
  /** The server as it was typed: by that it is known, whatever its address is. */
  readonly typed: Address;
  readonly #resolve: Resolve;
  /** One question at a time: a name service that is out of reach may keep each for long. */
  #resolving: Promise<readonly string[]> | undefined;
  #last: Address | undefined;
  /** Until when it is left alone, in milliseconds of a steady clock. */
  busyUntil = -Infinity;

  /** @param last Where it was found last, or is to be found first, if that is known */
  constructor(typed: Address, resolve: Resolve, last?: Address) {
    this.typed = typed;
    this.#resolve = resolve;
    this.#last = last ?? (isIP(typed.hostname) ? typed : undefined);
  }

  /** Takes in that the server was found at `address`. */
  found(address: Address): void {
    this.#last = address;
  }

  /**
   * The addresses that the server has now or had last, the best first. A name service that is out of
   * reach, or takes longer than `ms` milliseconds, leaves what it said last; that may be none.
   *
   * @throws {BitTrickleError} `interrupted` by `signal`
   */
  async addresses(ms: number, signal: AbortSignal): Promise<readonly Address[]> {
    const { hostname, port } = this.typed;
    this.#resolving ??= this.#resolve(hostname).finally(() => this.#resolving = undefined);
    const found = await withTimeout(this.#resolving, ms, signal).catch((error) => {
      if (!(error instanceof BitTrickleError) || signal.aborted) throw error;
    });
    const addresses = (found ?? []).map((hostname) => ({ hostname, port }));
    const last = this.#last;
    if (!last) return addresses.slice(0, MOST_ADDRESSES);
    const others = addresses.filter((address) => !isSameAddress(address, last));
    return [last, ...others].slice(0, MOST_ADDRESSES);
  }
}
