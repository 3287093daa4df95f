/**
 * Which keys the servers of one index are expected to have: all the same.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { type Address, formatAddress, isSameAddress } from "../../protocol/address.ts";
import {
  findKnown,
  type KnownServer,
  type KnownServers,
  type Pin,
  withProven,
} from "./known_servers.ts";

/** A server that is expected. */
export interface ExpectedServer extends KnownServer {
  /** Whether only another server of the same index is known. */
  readonly isKnownElsewhere: boolean;
}

/** What to expect at one server: nothing is known, or a key, or one that is not the index's. */
export interface Expectation {
  readonly known: ExpectedServer | undefined;
  /** What is known, to be remembered. */
  readonly pin: Pin | undefined;
  /** By what other server the index is known, if this one is known by another key. */
  readonly foreignTo: Address | undefined;
}

/** A server, and what is remembered of it. */
interface Remembered {
  readonly server: Address;
  readonly pin: KnownServer | undefined;
}

/**
 * What to expect at each of `servers`, which are those of one index: the key of the first one that is
 * known. A server that is known by another key is none of the index.
 *
 * @param servers As they were typed
 * @param addressesOf Where a server may be now
 * @throws {BitTrickleError} of `known`
 */
export async function expectServers(
  known: KnownServers,
  servers: readonly Address[],
  addressesOf: (server: Address) => readonly Address[],
): Promise<(server: Address) => Expectation> {
  const remembered: readonly Remembered[] = await Promise.all(servers.map(async (server) => {
    return { server, pin: await findKnown(known, server, addressesOf(server)) };
  }));
  const first = remembered.find(({ pin }) => pin)?.pin;
  const index = first && mergedPin(first, remembered);
  return (server) => {
    const own = remembered.find((it) => isSameAddress(it.server, server))?.pin;
    const isForeign = own !== undefined && own.opaqueKey !== index?.opaqueKey;
    const { knownAs } = own ?? first ?? {};
    return {
      known: index && knownAs && { ...index, knownAs, isKnownElsewhere: !own },
      pin: index,
      foreignTo: isForeign ? first?.knownAs : undefined,
    };
  };
}

/** The key of `first`, with all that is known of the servers that have it. */
function mergedPin({ knownAs: _, ...first }: KnownServer, all: readonly Remembered[]): Pin {
  return all.reduce<Pin>((merged, { pin }) => pin ? withProven(merged, pin) : merged, first);
}

/** The error for a server at `where` that has another key than the index that is known as `knownAs`. */
export function notOfThisIndex(where: string, knownAs: Address, place: string): BitTrickleError {
  const known = formatAddress(knownAs);
  return new BitTrickleError(
    "refused",
    `The server at ${where} has another key than the one at ${known}, so they are not servers of ` +
      "one index, or somebody may be in between: name only those of one index. If it was set up " +
      `anew, remove the lines that begin with ${known} and ${where} from ${place} and try again`,
  );
}
