/**
 * `discover`: the indexes that announce themselves on the network.
 *
 * @module
 */

import { findServers } from "../discovery/finder.ts";
import { type FoundIndex, indexesOf } from "../discovery/found_indexes.ts";
import type { KnownServers } from "../peer/session/known_servers.ts";
import { type Address, formatAddresses } from "../protocol/address.ts";
import { fingerprintOf } from "../protocol/fingerprint.ts";
import type { Outcome } from "./outcome.ts";

/** How long to listen, in milliseconds: whoever is there answers at once, but packets get lost. */
const LISTEN_MS = 2_000;

/** What is known of the key that an index announces. */
type Standing = "new" | "known" | "another key";

const WORDS: Readonly<Record<Standing, string>> = {
  "new": "not known yet",
  "known": "known by this key",
  "another key": "BEWARE: known here by another key",
};

const NONE = "No index announces itself here: one does that was started with --announce";

/**
 * Lists the indexes that announce themselves. Nothing of that is proven, and nothing is remembered: a
 * login finds out who it is.
 *
 * @param known Which servers this client knows, if it remembers any
 */
export async function discover(
  known: KnownServers | undefined,
  signal?: AbortSignal,
): Promise<Outcome> {
  const found = indexesOf(await findServers({ ms: LISTEN_MS, signal }));
  const rows = await Promise.all(found.map((index) => rowOf(index, known)));
  const lines = rows.map(({ name, address, fingerprint, standing }) =>
    `${address}  "${name}"  ${fingerprint}  ${WORDS[standing]}`
  );
  return { lines: lines.length > 0 ? lines : [NONE], fields: { indexes: rows } };
}

async function rowOf(
  { name, fingerprint, addresses }: FoundIndex,
  known: KnownServers | undefined,
) {
  const standing = await standingOf({ fingerprint, addresses }, known);
  return { name, address: formatAddresses(addresses), fingerprint, standing };
}

/** One of its servers that is known tells who the index is, and one by another key that it is not. */
async function standingOf(
  { fingerprint, addresses }: Omit<FoundIndex, "name">,
  known: KnownServers | undefined,
): Promise<Standing> {
  const standings = await Promise.all(
    addresses.map((address) => serverStanding(address, fingerprint, known)),
  );
  if (standings.includes("another key")) return "another key";
  return standings.includes("known") ? "known" : "new";
}

async function serverStanding(
  address: Address,
  fingerprint: string,
  known: KnownServers | undefined,
): Promise<Standing> {
  const pin = await known?.pinOf(address);
  if (pin?.signingKey === undefined) return "new";
  const { opaqueKey, signingKey } = pin;
  return fingerprintOf({ opaqueKey, signingKey }) === fingerprint ? "known" : "another key";
}
