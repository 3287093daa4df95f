/**
 * `pub` and `unp`: files and folders.
 *
 * @module
 */

import type { IdentifyOptions } from "../peer/identify.ts";
import type { Peer } from "../peer/peer.ts";
import type { PublishedTree } from "../peer/publisher.ts";
import { escapeText } from "../protocol/escape.ts";
import { formatPlainReply } from "../protocol/plain_reply.ts";
import { failures, type Outcome, outcomeOfAll, outcomeOfError } from "./outcome.ts";

/** Publishes what `args` name. */
export async function runPub(
  peer: Peer,
  args: readonly string[],
  options: IdentifyOptions,
): Promise<Outcome> {
  return await forEach(args, async (name) => {
    if (await peer.isFolder(name)) return fromTree(name, await peer.pubTree(name, options));
    return { text: formatPlainReply(await peer.pub(name, options)), fields: { name } };
  });
}

/** Withdraws what `args` name. */
export async function runUnp(peer: Peer, args: readonly string[]): Promise<Outcome> {
  return await forEach(args, async (name) => {
    if (name.endsWith("/")) return fromWithdrawn(name, await peer.unpTree(name));
    const reply = await peer.unp(name);
    const outcome = { text: formatPlainReply(reply), fields: { name } };
    return reply.kind === "not published" ? { ...outcome, failure: "not_found" } : outcome;
  });
}

async function forEach(
  names: readonly string[],
  run: (name: string) => Promise<Outcome>,
): Promise<Outcome> {
  if (names.length === 1) return await run(names[0]!);
  const outcomes: Outcome[] = [];
  for (const name of names) {
    outcomes.push(await run(name).catch((error) => outcomeOfError(name, error)));
  }
  return outcomeOfAll(outcomes);
}

function fromTree(name: string, { published, skipped }: PublishedTree): Outcome {
  const rows = skipped.map(({ name, reason }) => {
    const isNamed = reason.includes(`"${escapeText(name)}"`);
    return isNamed ? reason : `Skipped "${escapeText(name)}": ${reason}`;
  });
  const count = published.length === 1 ? "1 file" : `${published.length} files`;
  const text = [`${count} published`, ...failures(rows)].join("\n");
  const fields = { name, published, skipped };
  return published.length === 0 ? { text, fields, failure: "not_found" } : { text, fields };
}

function fromWithdrawn(name: string, withdrawn: readonly string[]): Outcome {
  const count = withdrawn.length === 1 ? "1 file" : `${withdrawn.length} files`;
  const outcome = { text: `${count} unpublished`, fields: { name, withdrawn } };
  return withdrawn.length === 0 ? { ...outcome, failure: "not_found" } : outcome;
}
