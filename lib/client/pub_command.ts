/**
 * `pub` and `unp`: files and folders.
 *
 * @module
 */

import type { Peer } from "../peer/peer.ts";
import type { PublishedTree } from "../peer/share/publisher.ts";
import { formatPlainReply } from "../protocol/plain_reply.ts";
import { type CommandOptions, optionsFor } from "./command_options.ts";
import { countFiles, type Outcome, outcomeOfEach } from "./outcome.ts";

/** Nobody else is asked for anything: it is the index that does not answer. */
const FATAL = { fatal: ["timeout", "network"] } as const;

/** Publishes what `args` name. */
export async function runPub(
  peer: Peer,
  args: readonly string[],
  { onTransfer, ...options }: CommandOptions,
): Promise<Outcome> {
  return await outcomeOfEach(args, async (name) => {
    const isFolder = name.endsWith("/") || await peer.isFolder(name);
    if (isFolder) return fromTree(name, await peer.pubTree(name, options));
    const reply = await peer.pub(name, optionsFor(name, { ...options, onTransfer }));
    return { lines: [formatPlainReply(reply)], fields: { name } };
  }, FATAL);
}

/** Withdraws what `args` name. */
export async function runUnp(peer: Peer, args: readonly string[]): Promise<Outcome> {
  return await outcomeOfEach(args, async (name) => {
    if (name.endsWith("/")) return fromWithdrawn(name, await peer.unpTree(name));
    const reply = await peer.unp(name);
    const outcome = { lines: [formatPlainReply(reply)], fields: { name } };
    return reply.kind === "not published" ? { ...outcome, failure: "not_found" } : outcome;
  }, FATAL);
}

/** All files that were left out are listed, so that they are not believed to be published. */
function fromTree(name: string, { published, skipped }: PublishedTree): Outcome {
  const rows = skipped.map(({ name, reason }) => `Skipped "${name}": ${reason}`);
  const lines = [`${countFiles(published.length)} published`, ...rows];
  const left = skipped.map(({ name, reason }) => ({ name, message: reason }));
  const outcome = { lines, fields: { name, published, skipped: left } };
  if (skipped.length > 0) return { ...outcome, failure: "partial" };
  return published.length === 0 ? { ...outcome, failure: "not_found" } : outcome;
}

function fromWithdrawn(name: string, withdrawn: readonly string[]): Outcome {
  const lines = [`${countFiles(withdrawn.length)} unpublished`];
  const outcome = { lines, fields: { name, withdrawn } };
  return withdrawn.length === 0 ? { ...outcome, failure: "not_found" } : outcome;
}
