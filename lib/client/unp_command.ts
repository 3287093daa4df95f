/**
 * `unp`: withdrawing files and folders, from this share or from all of the user.
 *
 * @module
 */

import type { PlacedShare } from "../peer/detailed_lists.ts";
import { interrupted } from "../errors.ts";
import type { Peer } from "../peer/peer.ts";
import type { UnpublishTreeOptions } from "../peer/share/publisher.ts";
import { formatPlainReply } from "../protocol/plain_reply.ts";
import type { CommandOptions } from "./command_options.ts";
import { countFiles, type Outcome, outcomeOfEach } from "./outcome.ts";
import { literalOrPattern, nothingMatches, onOwnNames } from "./patterns.ts";
import { placeName, shareFields } from "./share_words.ts";

/** Withdraws what `args` name. */
export async function runUnp(
  peer: Peer,
  args: readonly string[],
  options: CommandOptions,
): Promise<Outcome> {
  const { everywhere = false, signal } = options;
  const run = everywhere ? withdrawEverywhere : withdraw;
  return await outcomeOfEach(args, async (name) => {
    if (signal?.aborted) throw interrupted();
    const one = (name: string) => run(peer, name, signal);
    const matching = (pattern: string) => withdrawMatching(peer, pattern, everywhere, signal);
    return await literalOrPattern(name, one, matching, options);
  }, onOwnNames("unp", args));
}

async function withdrawMatching(
  peer: Peer,
  name: string,
  isEverywhere: boolean,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const withdrawn = await peer.unpTree(name, { isEverywhere, signal, isPattern: true });
  const more = isEverywhere ? "" : " from this folder";
  if (withdrawn.length === 0) return nothingMatches(name, `you publish${more}`);
  const fields = { name, withdrawn, ...isEverywhere ? { everywhere: true } : {} };
  return { lines: [`${countFiles(withdrawn.length)} unpublished`], fields };
}

/** What is published from other shares only is not withdrawn by mistake, and not hidden either. */
async function withdraw(peer: Peer, name: string, signal?: AbortSignal): Promise<Outcome> {
  const { isDone, ...outcome } = await attempt(peer, name, { signal });
  if (isDone) return outcome;
  const shares = await peer.lists.sharesWith(name);
  if (shares.length === 0) return await notPublished(peer, name, outcome);
  const where = placeNames(shares);
  const hint = `"${name}" is published from ${where}, and not from this folder: add --everywhere ` +
    "to withdraw it there";
  return {
    lines: [...outcome.lines, hint],
    fields: { ...outcome.fields, elsewhere: shares.map(shareFields) },
    failure: "not_found",
  };
}

/** `pub` takes a folder without a / at its end: so who leaves it out here is told. */
async function notPublished(peer: Peer, name: string, outcome: Outcome): Promise<Outcome> {
  const isFolder = !name.endsWith("/") && (await peer.lists.sharesWith(`${name}/`)).length > 0;
  const hint = `"${name}" is a folder: "${name}/" withdraws all that is published below it`;
  const lines = isFolder ? [...outcome.lines, hint] : outcome.lines;
  return { ...outcome, lines, failure: "not_found" };
}

async function withdrawEverywhere(
  peer: Peer,
  name: string,
  signal?: AbortSignal,
): Promise<Outcome> {
  const shares = await peer.lists.sharesWith(name);
  const { isDone, lines, fields } = await attempt(peer, name, { isEverywhere: true, signal });
  const everywhere = { ...fields, everywhere: true, shares: shares.map(shareFields) };
  if (!isDone) return { lines, fields: everywhere, failure: "not_found" };
  return { lines: [`${lines[0]}, from ${placeNames(shares)}`], fields: everywhere };
}

async function attempt(peer: Peer, name: string, options: UnpublishTreeOptions) {
  if (!name.endsWith("/")) {
    const reply = await peer.unp(name, options.isEverywhere);
    const isDone = reply.kind === "unpublished";
    return { isDone, lines: [formatPlainReply(reply)], fields: { name } };
  }
  const withdrawn = await peer.unpTree(name, options);
  const lines = [`${countFiles(withdrawn.length)} unpublished`];
  return { isDone: withdrawn.length > 0, lines, fields: { name, withdrawn } };
}

function placeNames(shares: readonly PlacedShare[]): string {
  return shares.length === 0 ? "everywhere" : shares.map(placeName).join(", ");
}
