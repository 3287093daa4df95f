/**
 * Where an index is: at one server, or at several, of which any will do.
 *
 * @module
 */

import { BitTrickleError, interrupted } from "../../errors.ts";
import { DatagramSocket } from "../../net/datagrams.ts";
import { listeningHostFor, resolveHost } from "../../net/resolve.ts";
import {
  type Address,
  type Addresses,
  formatAddresses,
  isSameAddress,
  isSameKind,
} from "../../protocol/address.ts";
import { SPREAD_MS, SUSPECT_MS } from "../../protocol/address_limits.ts";
import { SealedLink } from "./sealed_link.ts";
import { type Resolve, ServerLocation } from "./server_location.ts";

export type { Resolve };

/** Longest wait for the name service, in milliseconds: most systems ask twice within it. */
const RESOLVE_MS = 5_000;

/** The same while other servers are known: it must not keep a client from them. */
const QUICK_RESOLVE_MS = 500;

/** Links that are tried at once, each a little later than the one before. */
const MOST_LINKS = 16;

/** How an {@linkcode IndexLocation} is set up. */
export interface IndexLocationOptions {
  /** Where the index is to be found first; `hostname` is an IP literal. */
  readonly index: Address;
  /** The host as it was typed. @default the IP literal */
  readonly host?: string | undefined;
  /** Further servers of the same index, as they were typed. @default none */
  readonly otherServers?: readonly Address[] | undefined;
  /** @default {resolveHost} */
  readonly resolve?: Resolve | undefined;
  /** Chooses the server that is tried first, so that load spreads. @default {Math.random} */
  readonly random?: (() => number) | undefined;
}

/** The index as it was typed, or its first server: by that it is known, whatever its address is. */
export function typedAddress({ index, host = index.hostname }: IndexLocationOptions): Address {
  return { hostname: host.toLowerCase(), port: index.port };
}

/** All servers of the index as they were typed. */
export function typedServers(options: IndexLocationOptions): Addresses {
  const others = (options.otherServers ?? []).map(({ hostname, port }) => {
    return { hostname: hostname.toLowerCase(), port };
  });
  return [typedAddress(options), ...others];
}

/** An address, and which server has it. */
interface Place {
  readonly server: Address;
  readonly address: Address;
}

/** Finds the index again and again. */
export class IndexLocation {
  /** The servers in the order in which they were typed. */
  readonly servers: readonly Address[];
  readonly #random: () => number;
  /** In the order in which they are tried. */
  #order: readonly ServerLocation[];
  /** Those that were tried last. */
  #tried: readonly Place[] = [];

  constructor(options: IndexLocationOptions) {
    const { index, resolve = resolveHost, random = Math.random } = options;
    this.servers = typedServers(options);
    this.#random = random;
    const order = this.servers.map((server, i) => {
      return new ServerLocation(server, resolve, i === 0 ? index : undefined);
    });
    this.#order = shuffled(order, random);
  }

  /** The index as a person is told of it. */
  get name(): string {
    return formatAddresses(this.servers);
  }

  /** The server that is tried first, as it was typed. */
  get first(): Address {
    return this.#order[0]!.typed;
  }

  /** Whether there are several servers. */
  get isFleet(): boolean {
    return this.servers.length > 1;
  }

  /** How long a server may be silent before another one is looked for, in milliseconds. */
  get suspectMs(): number {
    return SUSPECT_MS.least + (SUSPECT_MS.most - SUSPECT_MS.least) * this.#random();
  }

  /**
   * How long to wait before the first login after a server has ended the session, in milliseconds: one
   * that stops does so with all sessions at once, and the others are not to get them at once.
   */
  get spreadMs(): number {
    return this.isFleet ? SPREAD_MS * this.#random() : 0;
  }

  /** How long all servers want to be left alone, in milliseconds. */
  get busyMs(): number {
    const freeAt = Math.min(...this.#order.map(({ busyUntil }) => busyUntil));
    return Math.max(0, freeAt - performance.now());
  }

  /** Takes in that the index was found over `link`: it is tried there first. */
  found({ server, index }: SealedLink): void {
    const found = this.#at(server);
    found.found(index);
    this.#order = [found, ...this.#order.filter((it) => it !== found)];
  }

  /** Takes in that `server` is of no use now: the others are tried first. */
  avoid(server: Address): void {
    const avoided = this.#at(server);
    this.#order = [...this.#order.filter((it) => it !== avoided), avoided];
  }

  /** Takes in that `server` wants to be left alone for `ms` milliseconds. */
  leaveAlone(server: Address, ms: number): void {
    this.#at(server).busyUntil = performance.now() + ms;
  }

  /**
   * A link, with a socket of its own, to every address that the servers have now or had last, but for
   * those that want to be left alone, unless all do.
   *
   * @throws {BitTrickleError} `network` if no socket can be had, `interrupted` by `signal`
   */
  async openLinks(signal: AbortSignal): Promise<SealedLink[]> {
    this.#tried = await this.#places(signal);
    if (signal.aborted) throw interrupted();
    const links: SealedLink[] = [];
    let failure: unknown = cannotBeFound(this.name);
    for (const { server, address } of this.#tried) {
      try {
        links.push(openLink(address, server));
      } catch (error) {
        failure = error; // A machine may have no IPv6 at all.
      }
    }
    if (links.length === 0) throw failure;
    return links;
  }

  /**
   * A link to an address of the server of `link` that is not of the same kind, if there is one and this
   * machine has such addresses.
   */
  openOtherLink({ server, index }: SealedLink): SealedLink | undefined {
    const other = this.#tried.find((it) => {
      return isSameAddress(it.server, server) && !isSameKind(it.address.hostname, index.hostname);
    });
    try {
      return other && openLink(other.address, server);
    } catch {
      return undefined;
    }
  }

  #at(server: Address): ServerLocation {
    return this.#order.find(({ typed }) => isSameAddress(typed, server))!;
  }

  /** The best address of each server, then the second of each, and so on. */
  async #places(signal: AbortSignal): Promise<Place[]> {
    const now = performance.now();
    const free = this.#order.filter(({ busyUntil }) => busyUntil <= now);
    const servers = free.length > 0 ? free : this.#order;
    const all = (ms: number) => {
      return Promise.all(servers.map(async (server) => {
        const addresses = await server.addresses(ms, signal);
        return addresses.map((address, rank) => ({ server: server.typed, address, rank }));
      }));
    };
    const quick = this.isFleet ? await all(QUICK_RESOLVE_MS) : [];
    const found = quick.some(({ length }) => length > 0) ? quick : await all(RESOLVE_MS);
    return found.flat().toSorted((a, b) => a.rank - b.rank).slice(0, MOST_LINKS);
  }
}

/** Opens a socket to speak to `server` at `address`. */
export function openLink(address: Address, server: Address = address): SealedLink {
  const hostname = listeningHostFor(address.hostname);
  return new SealedLink(DatagramSocket.bind({ hostname, port: 0 }), address, server);
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  const drawn = items.map((item) => ({ item, at: random() }));
  return drawn.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

function cannotBeFound(index: string): BitTrickleError {
  const message = `Cannot find any server of the index at ${index}: check the names, or use IPs`;
  return new BitTrickleError("network", message);
}
