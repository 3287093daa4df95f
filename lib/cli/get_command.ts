/**
 * `get`: one file, several, or a tree.
 *
 * @module
 */

import type { Content } from "../peer/contents.ts";
import type { GottenTree } from "../peer/get_tree.ts";
import type { Gotten } from "../peer/getter.ts";
import type { Peer, PeerGetOptions } from "../peer/peer.ts";
import { escapeText } from "../protocol/escape.ts";
import { formatBytes } from "../protocol/format_bytes.ts";
import { countFiles, failures, type Outcome, outcomeOfEach } from "./outcome.ts";
import { parseFlags, usage } from "./parse_flags.ts";

/** Fewest digits by which ids are told apart. */
const ID_DIGITS = 8;

/** Gets what `args` name. */
export async function runGet(
  peer: Peer,
  args: readonly string[],
  options: PeerGetOptions,
): Promise<Outcome> {
  const { names, ...flags } = parseGet(args);
  const all = { ...options, ...flags, share: flags.share || options.share };
  if (names.length === 0) throw usage("get needs a file: get <file>");
  if (names.length > 1 && flags.as !== undefined) {
    throw usage("--as names one file, so get one at a time");
  }
  const run = (name: string) => getOne(peer, name, all);
  return await outcomeOfEach(names, run, (outcomes) => hintFor(names, outcomes));
}

function parseGet(args: readonly string[]) {
  const flags = parseFlags(args, ["as"], ["force", "share"]);
  if (typeof flags === "string") throw usage("get needs a file: get <file>");
  const as = flags.text("as");
  const switches = { force: flags.has("force"), share: flags.has("share") };
  return { names: flags.arguments, ...switches, ...as === undefined ? {} : { as } };
}

async function getOne(peer: Peer, name: string, options: PeerGetOptions): Promise<Outcome> {
  if (!name.endsWith("/")) return fromGotten(name, await peer.get(name, options));
  if (options.as !== undefined) throw usage("--as names one file, not a folder");
  return fromTree(name, await peer.getTree(name, options));
}

function fromGotten(name: string, gotten: Gotten): Outcome {
  switch (gotten.kind) {
    case "nothing":
      return { text: "File not found", fields: { name }, failure: "not_found" };
    case "choices":
      return fromChoices(name, gotten.choices);
    case "present": {
      const text = `${escapeText(gotten.name)} is already there, and identical`;
      return { text, fields: { name: gotten.name, bytes: gotten.size, present: true } };
    }
    case "downloaded": {
      const { name, size, from, kept } = gotten;
      const text = `${escapeText(name)} downloaded successfully`;
      return { text, fields: { name, bytes: size, from, kept } };
    }
  }
}

function fromChoices(name: string, choices: readonly Content[]): Outcome {
  const digits = digitsFor(choices.map(({ id }) => id));
  const rows = choices.map(({ id, size, users }) => {
    return `  ${id.slice(0, digits)}  ${formatBytes(size)}  ${users.map(escapeText).join(", ")}`;
  });
  const text = `${escapeText(name)} stands for ${choices.length} files; get one by its id:`;
  const fields = { name, choices: choices.map(({ id, size, users }) => ({ id, size, users })) };
  return { text: [text, ...rows].join("\n"), fields, failure: "ambiguous" };
}

/** How many digits tell all `ids` apart. */
function digitsFor(ids: readonly string[]): number {
  let digits = ID_DIGITS;
  while (new Set(ids.map((id) => id.slice(0, digits))).size < ids.length && digits < 64) digits++;
  return digits;
}

function fromTree(name: string, { downloaded, present, failed, bytes }: GottenTree): Outcome {
  const fields = { name, downloaded, present, failed, bytes };
  const all = downloaded.length + present.length + failed.length;
  if (all === 0) return { text: "No files found", fields, failure: "not_found" };
  const parts = [
    downloaded.length > 0
      ? `${countFiles(downloaded.length)} downloaded (${formatBytes(bytes)})`
      : "",
    present.length > 0 ? `${countFiles(present.length)} already there` : "",
    failed.length > 0 ? `${countFiles(failed.length)} failed` : "",
  ].filter((part) => part !== "");
  const rows = failures(failed.map(({ reason }) => reason));
  const text = [parts.join(", "), ...rows].join("\n");
  return failed.length > 0 ? { text, fields, failure: "partial" } : { text, fields };
}

/** Whoever forgot the quotes is told. */
function hintFor(names: readonly string[], outcomes: readonly Outcome[]): string | undefined {
  const isNothing = ({ failure }: Outcome) => failure === "not_found";
  if (!outcomes.every(isNothing)) return undefined;
  return `If that is one name with spaces, put it in quotes: get "${escapeText(names.join(" "))}"`;
}
