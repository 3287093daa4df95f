/**
 * `get` of what a pattern or a search finds, after showing what that is.
 *
 * @module
 */

import { usage } from "../cli/parse_flags.ts";
import { BitTrickleError } from "../errors.ts";
import type { GottenTree } from "../peer/download/get_tree.ts";
import type { Peer } from "../peer/peer.ts";
import type { List } from "../peer/session/index_session.ts";
import { formatBytes } from "../protocol/format_bytes.ts";
import { type Matcher, parseMatcher, patternMatcher } from "../protocol/name_matcher.ts";
import { type CommandOptions, optionsFor } from "./command_options.ts";
import { pick } from "./list_order.ts";
import { countFiles, type Outcome } from "./outcome.ts";
import { nothingMatches } from "./patterns.ts";

/** Files that one command gets: more than that nobody has looked at. */
const MOST_FILES = 10_000;

/** Names that a person is shown: enough to see what was found. */
const SHOWN_NAMES = 5;

const ONLY_SEALED =
  "The plain protocol lists no more than fits into one answer: get files by their names";

/** Makes an outcome of files that were got. */
export type FromTree = (name: string, tree: GottenTree) => Outcome;

/** Gets the files of others that `pattern` stands for. */
export async function getPattern(
  peer: Peer,
  pattern: string,
  options: CommandOptions,
  from: FromTree,
): Promise<Outcome> {
  const matcher = patternMatcher(peer.lists.nameOf(pattern));
  const list = await findMatching(peer, pattern, matcher);
  if (list.items.length === 0) return nothingMatches(pattern, "others publish");
  options.onNote?.(`"${pattern}" stands for ${described(list)}`);
  return from(pattern, await peer.getTree(list, optionsFor(pattern, [pattern], options)));
}

/**
 * Gets the files that `search` finds, which may hold patterns, once the user has seen what they are.
 *
 * @throws {BitTrickleError} `usage` where nobody can be asked
 */
export async function getMatch(
  peer: Peer,
  search: string,
  options: CommandOptions,
  from: FromTree,
): Promise<Outcome> {
  const list = await findMatching(peer, search, parseMatcher(search));
  if (list.items.length === 0) return nothingMatches(search, "others publish");
  const what = described(list);
  const isWanted = options.yes || await options.confirm?.(`Get ${what}?`);
  if (isWanted === undefined) throw usage(`"${search}" finds ${what}: add --yes to get them`);
  if (options.yes) options.onNote?.(`Getting ${what}`);
  if (!isWanted) {
    return { lines: ["Nothing was downloaded"], fields: { name: search }, failure: "interrupted" };
  }
  return from(search, await peer.getTree(list, optionsFor(search, [search], options)));
}

/** @throws {BitTrickleError} `refused` if there are too many */
async function findMatching(
  peer: Peer,
  asked: string,
  { text, isRight }: Matcher,
): Promise<List> {
  if (!peer.lists.isSealed) throw new BitTrickleError("refused", ONLY_SEALED);
  const found = await peer.sch(text, MOST_FILES);
  const list = pick(found, found.items.flatMap((name, i) => isRight(name) ? [i] : []));
  if (found.more === 0 && list.items.length <= MOST_FILES) return { ...list, more: 0 };
  const most = MOST_FILES.toLocaleString("en-US");
  throw new BitTrickleError(
    "refused",
    `"${asked}" has to look at more than ${most} files: add words that fewer names hold`,
  );
}

/** How many files there are, how large, and what the first are called. */
function described({ items, details }: List): string {
  const bytes = items.reduce((sum, _, i) => sum + (details?.[i]?.size ?? 0), 0);
  const size = details ? ` (${formatBytes(bytes)})` : "";
  const names = items.slice(0, SHOWN_NAMES).join(", ");
  const left = items.length - SHOWN_NAMES;
  return `${countFiles(items.length)}${size}: ${names}${left > 0 ? `, … and ${left} more` : ""}`;
}
