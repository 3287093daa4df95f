/**
 * What a client remembers of the servers it has met, so that no other host can impersonate one.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import {
  type Address,
  canonicalIp,
  formatAddress,
  isLoopback,
  isSameAddress,
} from "../../protocol/address.ts";
import { escapeText } from "../../protocol/escape.ts";

/** What is remembered of one server. Keys are in base64url. */
export interface Pin {
  /** Its long-term key of OPAQUE. */
  readonly opaqueKey: string;
  /** Verifies what it says before a login. Unknown where only an older version was there. */
  readonly signingKey?: string | undefined;
  /** Users whose passwords it does not have in clear. */
  readonly strongUsers: readonly string[];
}

/** Remembers servers by the host and port that were typed. */
export interface KnownServers {
  /** What is remembered of the server at `address`. */
  pinOf(address: Address): Promise<Pin | undefined>;
  /** Whether a server is remembered at `port` of this machine, by whatever name. */
  knowsHere(port: number): Promise<boolean>;
  /** Adds what a login at `address` has proven. What was known already is never replaced. */
  remember(address: Address, proven: Pin): Promise<void>;
  /** Where a person can take a key out. */
  readonly place: string;
}

/** Servers that are forgotten at the end of the program. */
export class InMemoryKnownServers implements KnownServers {
  readonly place = "memory";
  readonly #pins = new Map<string, Pin>();

  pinOf(address: Address): Promise<Pin | undefined> {
    return Promise.resolve(this.#pins.get(formatAddress(address)));
  }

  knowsHere(port: number): Promise<boolean> {
    const names = [...this.#pins.keys()];
    return Promise.resolve(names.some((name) => isHere(name, port)));
  }

  remember(address: Address, proven: Pin): Promise<void> {
    const name = formatAddress(address);
    this.#pins.set(name, withProven(this.#pins.get(name), proven));
    return Promise.resolve();
  }
}

/**
 * Servers that this program has proven itself stay known until it ends, whatever becomes of the place
 * where they are remembered: else who takes a line out of it could pose as the server at once.
 */
export class ProvenServers implements KnownServers {
  readonly #stored: KnownServers;
  readonly #proven = new InMemoryKnownServers();

  constructor(stored: KnownServers) {
    this.#stored = stored;
  }

  get place(): string {
    return this.#stored.place;
  }

  async pinOf(address: Address): Promise<Pin | undefined> {
    return await this.#proven.pinOf(address) ?? await this.#stored.pinOf(address);
  }

  async knowsHere(port: number): Promise<boolean> {
    return await this.#proven.knowsHere(port) || await this.#stored.knowsHere(port);
  }

  async remember(address: Address, proven: Pin): Promise<void> {
    await this.#proven.remember(address, proven);
    await this.#stored.remember(address, proven);
  }
}

/** Whether `name`, as {@linkcode formatAddress} writes it, is `port` of this machine. */
export function isHere(name: string, port: number): boolean {
  const [, bracketed, plain = ""] = /^(?:\[([^\]]*)\]|([^:]*)):[0-9]+$/.exec(name) ?? [];
  const host = canonicalIp(bracketed ?? plain);
  return name.endsWith(`:${port}`) && (isLoopback(host) || /^(?:.*\.)?localhost$/s.test(host));
}

/** `pin` with what `proven` adds to it, or `pin` itself if that is nothing, or of another server. */
export function withProven(pin: Pin | undefined, proven: Pin): Pin {
  if (!pin) return proven;
  if (pin.opaqueKey !== proven.opaqueKey) return pin;
  const signingKey = pin.signingKey ?? proven.signingKey;
  const strongUsers = [...new Set([...pin.strongUsers, ...proven.strongUsers])];
  const isSame = signingKey === pin.signingKey && strongUsers.length === pin.strongUsers.length;
  return isSame ? pin : { opaqueKey: pin.opaqueKey, signingKey, strongUsers };
}

/** A server that is expected, and by what address it is remembered. */
export interface KnownServer extends Pin {
  readonly knownAs: Address;
}

/**
 * The server that is expected at `typed`, which may now be at one of `addresses`. Older versions
 * remembered servers by their addresses, with one key: that one is expected as well.
 *
 * @throws {BitTrickleError} of `known`
 */
export async function findKnown(
  known: KnownServers,
  typed: Address,
  addresses: readonly Address[],
): Promise<KnownServer | undefined> {
  const pin = await known.pinOf(typed);
  if (pin) return { ...pin, knownAs: typed };
  for (const knownAs of addresses.filter((address) => !isSameAddress(address, typed))) {
    const old = await known.pinOf(knownAs);
    if (old && old.signingKey === undefined) return { ...old, knownAs };
  }
}

/** The error for a host at `where` that is not the one which is known as `knownAs`. */
export function notTheKnownOne(where: string, knownAs: Address, place: string): BitTrickleError {
  return new BitTrickleError(
    "refused",
    `The index at ${where} is not the one that was there before: its key has ` +
      "changed. If nobody set it up anew, somebody may be in between. If somebody did, remove the " +
      `line that begins with ${formatAddress(knownAs)} from ${place} and try again`,
  );
}

/**
 * The error for an index that has the password of `user` in clear, which it once had not; an index does
 * so too for a user whom it does not know any more.
 */
export function notStrongAnyMore(
  where: string,
  user: string,
  { knownAs, place }: { readonly knownAs: Address; readonly place: string },
): BitTrickleError {
  const name = escapeText(user);
  return new BitTrickleError(
    "refused",
    `The index at ${where} treats ${name} as a user whose password it has in ` +
      `clear, which it had not before. Either ${name} was taken out of its users, or somebody ` +
      "stored the password so, or is after it: ask who runs the index. Only if it was stored so " +
      `on purpose, remove ${name} from the line that begins with ${formatAddress(knownAs)} in ` +
      `${place} and try again`,
  );
}
