/**
 * The pinned keys of servers, so that no other host can impersonate one.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { type Address, formatAddress } from "../../protocol/address.ts";

/** Remembers the long-term key of each index, by address. */
export interface KnownServers {
  /** The key that was remembered for `address`. */
  keyOf(address: Address): Promise<string | undefined>;
  /** Remembers `key` for `address`. */
  remember(address: Address, key: string): Promise<void>;
  /** Where a person can take a key out. */
  readonly place: string;
}

/** Keys that are forgotten at the end of the program. */
export class InMemoryKnownServers implements KnownServers {
  readonly place = "memory";
  readonly #keys = new Map<string, string>();

  keyOf(address: Address): Promise<string | undefined> {
    return Promise.resolve(this.#keys.get(formatAddress(address)));
  }

  remember(address: Address, key: string): Promise<void> {
    this.#keys.set(formatAddress(address), key);
    return Promise.resolve();
  }
}

/**
 * Makes sure that `key` is the one by which the index at `address` is known, if it is known.
 *
 * @throws {BitTrickleError} `refused` if it is another one
 */
export async function assertSameIndex(
  known: KnownServers,
  address: Address,
  key: string,
): Promise<void> {
  const expected = await known.keyOf(address);
  if (expected === undefined || expected === key) return;
  const where = formatAddress(address);
  throw new BitTrickleError(
    "refused",
    `The index at ${where} is not the one that was there before: its key has changed. If nobody ` +
      "set it up anew, somebody may be in between. If somebody did, remove the line that begins " +
      `with ${where} from ${known.place} and try again`,
  );
}
