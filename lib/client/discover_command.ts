/**
 * `discover`: the indexes that announce themselves on the network.
 *
 * @module
 */

import { findIndexes } from "../discovery/finder.ts";
import type { FoundIndex } from "../discovery/records.ts";
import type { KnownServers } from "../peer/session/known_servers.ts";
import { formatAddress } from "../protocol/address.ts";
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
  const found = await findIndexes({ ms: LISTEN_MS, signal });
  const rows = await Promise.all(found.map((index) => rowOf(index, known)));
  const lines = rows.map(({ name, address, fingerprint, standing }) =>
    `${address}  "${name}"  ${fingerprint}  ${WORDS[standing]}`
  );
  return { lines: lines.length > 0 ? lines : [NONE], fields: { indexes: rows } };
}

async function rowOf({ name, fingerprint, address }: FoundIndex, known: KnownServers | undefined) {
  const standing = await standingOf({ fingerprint, address }, known);
  return { name, address: formatAddress(address), fingerprint, standing };
}

async function standingOf(
  { fingerprint, address }: Omit<FoundIndex, "name">,
  known: KnownServers | undefined,
): Promise<Standing> {
  const pin = await known?.pinOf(address);
  if (pin?.signingKey === undefined) return "new";
  const { opaqueKey, signingKey } = pin;
  return fingerprintOf({ opaqueKey, signingKey }) === fingerprint ? "known" : "another key";
}
