/**
 * The welcome of protocol 2: what the index says to a login that opens a session.
 *
 *     200 <clock> <reset value> <signing key> [catalogue id]
 *
 * @module
 */

import { isBase64Url } from "./base64url.ts";
import { isCatalogueId } from "./catalogue_id.ts";
import { isCount, joinFields } from "./fields.ts";
import type { Reply } from "./messages.ts";
import { RESET_VALUE_BYTES } from "./sealed_datagram.ts";
import { SIGNING_KEY_BYTES } from "./signature.ts";

type Welcome = Reply & { kind: "welcome" };

/** The line of a welcome. */
export function formatWelcome({ time, proofs, catalogue }: Welcome): string {
  return joinFields(["200", time, proofs?.resetValue, proofs?.signingKey, catalogue]);
}

/** The welcome in the fields behind the code, or `undefined` if it is none. */
export function parseWelcome(
  [clock = "", resetValue = "", signingKey = "", catalogue = ""]: readonly string[],
): Welcome | undefined {
  const isProven = isBase64Url(resetValue, RESET_VALUE_BYTES) &&
    isBase64Url(signingKey, SIGNING_KEY_BYTES);
  const isTold = catalogue !== "";
  if (!isCount(clock) || !isProven || isTold && !isCatalogueId(catalogue)) return undefined;
  const proofs = { resetValue, signingKey };
  return { kind: "welcome", time: Number(clock), proofs, ...isTold ? { catalogue } : {} };
}
