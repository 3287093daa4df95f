/**
 * Where an index is: what a person typed, and the addresses behind it, which may change.
 *
 * @module
 */

import { BitTrickleError, interrupted } from "../../errors.ts";
import { DatagramSocket } from "../../net/datagrams.ts";
import { listeningHostFor, resolveHost } from "../../net/resolve.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { type Address, isSameAddress, isSameKind } from "../../protocol/address.ts";
import { SealedLink } from "./sealed_link.ts";

/** Finds the IP literals of a host, the best first. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Longest wait for the name service, in milliseconds: most systems ask twice within it. */
const RESOLVE_MS = 5_000;

/** Addresses of one host that are tried. */
const MOST_ADDRESSES = 8;

/** How an {@linkcode IndexLocation} is set up. */
export interface IndexLocationOptions {
  /** Where the index is to be found first; `hostname` is an IP literal. */
  readonly index: Address;
  /** The host as it was typed. @default the IP literal */
  readonly host?: string | undefined;
  /** @default {resolveHost} */
  readonly resolve?: Resolve | undefined;
}

/** The index as it was typed: by that it is known, whatever its address is. */
export function typedAddress({ index, host = index.hostname }: IndexLocationOptions): Address {
  return { hostname: host.toLowerCase(), port: index.port };
}

/** Finds the index again and again. */
export class IndexLocation {
  /** See {@linkcode typedAddress}. */
  readonly typed: Address;
  readonly #resolve: Resolve;
  /** One question at a time: a name service that is out of reach may keep each for long. */
  #resolving: Promise<readonly string[]> | undefined;
  #last: Address;
  /** Those that were tried last. */
  #tried: readonly Address[] = [];

  constructor(options: IndexLocationOptions) {
    this.typed = typedAddress(options);
    this.#resolve = options.resolve ?? resolveHost;
    this.#last = options.index;
  }

  /** Takes in that the index was found at `address`. */
  found(address: Address): void {
    this.#last = address;
  }

  /**
   * A link, with a socket of its own, to every address that the index has now or had last.
   *
   * @throws {BitTrickleError} `network` if no socket can be had, `interrupted` by `signal`
   */
  async openLinks(signal: AbortSignal): Promise<SealedLink[]> {
    const addresses = await this.#addresses(signal);
    this.#tried = addresses;
    if (signal.aborted) throw interrupted();
    const links: SealedLink[] = [];
    let failure: unknown;
    for (const address of addresses) {
      try {
        links.push(openLink(address));
      } catch (error) {
        failure = error; // A machine may have no IPv6 at all.
      }
    }
    if (links.length === 0) throw failure;
    return links;
  }

  /**
   * A link to an address of the index that is not of the kind of `address`, if there is one and this
   * machine has such addresses.
   */
  openOtherLink({ hostname }: Address): SealedLink | undefined {
    const other = this.#tried.find((tried) => !isSameKind(tried.hostname, hostname));
    try {
      return other && openLink(other);
    } catch {
      return undefined;
    }
  }

  /** A name service that is out of reach leaves what it said last. */
  async #addresses(signal: AbortSignal): Promise<readonly Address[]> {
    const { hostname, port } = this.typed;
    this.#resolving ??= this.#resolve(hostname).finally(() => this.#resolving = undefined);
    const found = await withTimeout(this.#resolving, RESOLVE_MS, signal).catch((error) => {
      if (!(error instanceof BitTrickleError) || signal.aborted) throw error;
    });
    const addresses = (found ?? []).map((hostname) => ({ hostname, port }));
    const others = addresses.filter((address) => !isSameAddress(address, this.#last));
    return [this.#last, ...others].slice(0, MOST_ADDRESSES);
  }
}

/** Opens a socket to speak to the index at `address`. */
export function openLink(address: Address): SealedLink {
  const hostname = listeningHostFor(address.hostname);
  return new SealedLink(DatagramSocket.bind({ hostname, port: 0 }), address);
}
