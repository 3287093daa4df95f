/**
 * `pub`: files and folders.
 *
 * @module
 */

import type { Peer } from "../peer/peer.ts";
import type { PublishedTree, PublishTreeOptions } from "../peer/share/publisher.ts";
import type { FileCount } from "../peer/share/tree_publishing.ts";
import { formatPlainReply } from "../protocol/plain_reply.ts";
import { type CommandOptions, transferOf } from "./command_options.ts";
import {
  isPattern,
  literalOrPattern,
  nameOrPattern,
  nothingMatches,
  onOwnNames,
} from "./patterns.ts";
import { countFiles, type Outcome, outcomeOfEach } from "./outcome.ts";

/** Publishes what `args` name. */
export async function runPub(
  peer: Peer,
  args: readonly string[],
  options: CommandOptions,
): Promise<Outcome> {
  const { signal, include, exclude } = options;
  const shown = args.map(nameOrPattern);
  return await outcomeOfEach(args, async (typed) => {
    const name = nameOrPattern(typed);
    const isFolder = name.endsWith("/") && !isPattern(typed) || await peer.isFolder(name);
    const tell = transferOf(name, shown, options);
    const onFiles = (bytes: number, files: FileCount) => tell({ phase: "hashing", bytes, files });
    const tree = { signal, include, exclude, onProgress: onFiles };
    if (isFolder) return fromTree(name, await peer.pubTree(name, tree));
    const one = async (name: string): Promise<Outcome> => {
      const onProgress = (bytes: number, total: number) => tell({ phase: "hashing", bytes, total });
      const reply = await peer.pub(name, { signal, onProgress });
      return { lines: [formatPlainReply(reply)], fields: { name } };
    };
    return await literalOrPattern(typed, one, (it) => pubMatching(peer, it, tree), options);
  }, onOwnNames("pub", args));
}

/** What to tell who has published something from a folder that no client goes on to serve. */
export async function adviceOnServing(
  peer: Peer,
  { failure }: Outcome,
): Promise<string | undefined> {
  const isPublished = failure === undefined || failure === "partial";
  if (!isPublished || await peer.lists.isServedByAnother()) return undefined;
  return "Nobody serves this now: leave a shell or `share` running in this folder";
}

async function pubMatching(
  peer: Peer,
  pattern: string,
  options: PublishTreeOptions,
): Promise<Outcome> {
  const tree = await peer.pubTree(pattern, { ...options, isPattern: true });
  const isNothing = tree.published.length + tree.skipped.length === 0;
  return isNothing ? nothingMatches(pattern, "the folder has") : fromTree(pattern, tree);
}

/** All files that were left out are listed, so that they are not believed to be published. */
function fromTree(name: string, { published, skipped, ignored }: PublishedTree): Outcome {
  const rows = skipped.map(({ name, reason }) => `Skipped "${name}": ${reason}`);
  const lines = [`${countFiles(published.length)} published${leftOut(ignored)}`, ...rows];
  const left = skipped.map(({ name, code, reason }) => ({ name, code, message: reason }));
  const outcome = { lines, fields: { name, published, skipped: left, ignored } };
  if (skipped.length > 0) return { ...outcome, failure: "partial" };
  return published.length === 0 ? { ...outcome, failure: "not_found" } : outcome;
}

/** What rules leave out is not named: who wrote them knows it. */
export function leftOut(ignored: number): string {
  return ignored > 0 ? `, ${ignored} left out by rules` : "";
}
