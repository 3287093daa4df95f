/**
 * `pub`: files and folders.
 *
 * @module
 */

import type { IdentifyOptions } from "../peer/share/identify.ts";
import type { Peer } from "../peer/peer.ts";
import type { PublishedTree } from "../peer/share/publisher.ts";
import { formatPlainReply } from "../protocol/plain_reply.ts";
import { countFiles, type Outcome, outcomeOfEach } from "./outcome.ts";

/** Nobody else is asked for anything: it is the index that does not answer. */
const FATAL = { fatal: ["timeout", "network"] } as const;

/** Publishes what `args` name. */
export async function runPub(
  peer: Peer,
  args: readonly string[],
  options: IdentifyOptions,
): Promise<Outcome> {
  return await outcomeOfEach(args, async (name) => {
    const isFolder = name.endsWith("/") || await peer.isFolder(name);
    if (isFolder) return fromTree(name, await peer.pubTree(name, options));
    return { lines: [formatPlainReply(await peer.pub(name, options))], fields: { name } };
  }, FATAL);
}

/** All files that were left out are listed, so that they are not believed to be published. */
function fromTree(name: string, { published, skipped }: PublishedTree): Outcome {
  const rows = skipped.map(({ name, reason }) => `Skipped "${name}": ${reason}`);
  const lines = [`${countFiles(published.length)} published`, ...rows];
  const outcome = { lines, fields: { name, published, skipped } };
  if (skipped.length > 0) return { ...outcome, failure: "partial" };
  return published.length === 0 ? { ...outcome, failure: "not_found" } : outcome;
}
