/**
 * What a person and a program are told of what becomes of the session.
 *
 * @module
 */

import type { NewsDetails, SessionNews } from "../peer/session/index_session.ts";
import { CHANGED_PASSWORD } from "../peer/session/login_outcome.ts";
import { type Address, formatAddress } from "../protocol/address.ts";
import { escapeText } from "../protocol/escape.ts";

const NEWS: Readonly<Record<SessionNews, string>> = {
  gone: "The index does not answer any more; uploads go on, and so does the search for it",
  back: "The index is back",
  again: "The index is back, and the old session was over: logged in again",
  moved: "Logged in at another server of the index",
  out: "The index does not let this user in any more",
  password: CHANGED_PASSWORD,
  weakened:
    "Warning: the index lets this user in no more, unless for a password that it has in clear, " +
    "which it had not before. Nothing secret is sent to it; the next command tells more",
  forged:
    "Warning: somebody who does not have the index's key answers in its place, and may be in " +
    "between. Nothing secret is sent to them, and the search for the index goes on",
};

/** News that are errors, which are told even by a client that is to be quiet. */
export const BAD_NEWS: readonly SessionNews[] = ["out", "password", "weakened", "forged"];

/** News after which only another login helps. */
export const FINAL_NEWS: readonly SessionNews[] = ["out", "password"];

/** The line for a person. */
export function newsLine(news: SessionNews, { from, to, server }: NewsDetails = {}): string {
  if (news === "moved" && from && to) return `Lost ${shown(from)}, now at ${shown(to)}`;
  if (news !== "forged" || !server) return NEWS[news];
  return `Warning: what answers at ${shown(server)} does not have the index's key: it is no ` +
    "server of this index, or somebody is in between. Nothing secret is sent to it, and the " +
    "others go on";
}

/** The fields for a program. */
export function newsFields(news: SessionNews, details: NewsDetails = {}) {
  const servers = Object.entries(details).map(([name, it]) => [name, formatAddress(it)]);
  return { news, ...Object.fromEntries(servers) };
}

function shown(server: Address): string {
  return escapeText(formatAddress(server));
}
