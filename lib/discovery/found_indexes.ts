/**
 * Indexes that have announced themselves, of which several servers may be one.
 *
 * @module
 */

import type { Addresses } from "../protocol/address.ts";
import { SERVERS_PER_INDEX } from "../protocol/address_limits.ts";
import type { Announcement } from "../protocol/announcement.ts";
import type { FoundServer } from "./records.ts";

/** An index, wherever it was announced. */
export interface FoundIndex extends Announcement {
  readonly addresses: Addresses;
}

/**
 * The indexes that have `servers`: those that announce one fingerprint are one, under the name of the
 * first. Anybody can announce any number; what is too many for one index is another in the list.
 */
export function indexesOf(servers: readonly FoundServer[]): FoundIndex[] {
  const groups = Map.groupBy(servers, ({ fingerprint }) => fingerprint).values();
  return [...groups].flatMap(parts).map(([first, ...others]) => ({
    name: first.name,
    fingerprint: first.fingerprint,
    addresses: [first.address, ...others.map(({ address }) => address)],
  }));
}

/** `servers` in parts that one index may have. */
function parts(servers: readonly FoundServer[]): (readonly [FoundServer, ...FoundServer[]])[] {
  const [first, ...others] = servers.slice(0, SERVERS_PER_INDEX);
  return first ? [[first, ...others], ...parts(servers.slice(SERVERS_PER_INDEX))] : [];
}
