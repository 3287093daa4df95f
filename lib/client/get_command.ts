/**
 * `get`: one file, several, or a tree.
 *
 * @module
 */

import { BitTrickleError, type ErrorCode } from "../errors.ts";
import type { Content } from "../peer/download/candidates.ts";
import type { GottenTree } from "../peer/download/get_tree.ts";
import type { Gotten } from "../peer/download/get_setting.ts";
import type { Peer } from "../peer/peer.ts";
import { type CommandOptions, optionsFor } from "./command_options.ts";
import { escapeText } from "../protocol/escape.ts";
import { formatContent } from "../protocol/content.ts";
import { formatBytes } from "../protocol/format_bytes.ts";
import {
  countFiles,
  failureOf,
  named,
  type Outcome,
  outcomeOfEach,
  quotesHint,
} from "./outcome.ts";
import { getMatch, getPattern } from "./matching_command.ts";
import { isPattern, literalOrPattern, nameOrPattern } from "./patterns.ts";
import { usage } from "../cli/parse_flags.ts";

/** Fewest digits by which ids are told apart. */
const LEAST_DIGITS = 8;

const NOT_BOTH = "get takes names or --match, not both; a search of several words is put in " +
  "quotes: get --match 'lab*.pdf user:hans'";

/** Gets what `names` name. */
export async function runGet(
  peer: Peer,
  names: readonly string[],
  options: CommandOptions,
): Promise<Outcome> {
  checkOptions(names, options);
  if (options.match !== undefined) return await getMatch(peer, options.match, options, fromTree);
  const shown = names.map(nameOrPattern);
  const run = async (name: string) => {
    const one = (name: string) => getOne(peer, name, optionsFor(name, shown, options));
    return await literalOrPattern(
      name,
      one,
      (it) => getPattern(peer, it, options, fromTree),
      options,
    );
  };
  return await outcomeOfEach(names, run, {
    fatal: ["index_gone"],
    nameOf: nameOrPattern,
    hintFor: quotesHint("get", shown),
  });
}

/** @throws {BitTrickleError} `usage` for what does not go together */
function checkOptions(names: readonly string[], options: CommandOptions): void {
  const { as, match, force, rename, skip } = options;
  if (names.length > 0 && match !== undefined) throw usage(NOT_BOTH);
  if (match === "") throw usage("--match needs a search, as 'lab*.pdf user:hans'");
  const isOne = names.length === 1 && !isPattern(names[0]!);
  if (as !== undefined && !isOne) throw usage("--as names one file, so get one at a time");
  if ([force, rename, skip].filter(Boolean).length > 1) {
    throw usage("--force, --rename and --skip exclude each other");
  }
}

async function getOne(peer: Peer, name: string, options: CommandOptions): Promise<Outcome> {
  if (!name.endsWith("/")) return await getFile(peer, name, options);
  if (options.as !== undefined) throw usage("--as names one file, not a folder");
  return fromTree(name, await peer.getTree(name, options));
}

/** Who leaves out the / of a folder is told, also where the folder is here already. */
async function getFile(peer: Peer, name: string, options: CommandOptions): Promise<Outcome> {
  const hint = async () => {
    const isFolder = await peer.lists.hasFolderOfOthers(name).catch(notKnown);
    const said = `"${name}" is a folder: "${name}/" gets all that others publish below it`;
    return isFolder ? said : undefined;
  };
  const gotten = await peer.get(name, options).catch(async (error) => {
    const isTaken = error instanceof BitTrickleError && error.code === "exists";
    const said = isTaken ? await hint() : undefined;
    if (said === undefined) throw error;
    throw new BitTrickleError("exists", `${error.message}; ${escapeText(said)}`, { cause: error });
  });
  const outcome = fromGotten(name, gotten);
  const said = gotten.kind === "nothing" ? await hint() : undefined;
  return said === undefined ? outcome : { ...outcome, lines: [...outcome.lines, said] };
}

/** A hint that the index does not give is none. */
function notKnown(error: unknown): false {
  if (error instanceof BitTrickleError) return false;
  throw error;
}

function fromGotten(name: string, gotten: Gotten): Outcome {
  switch (gotten.kind) {
    case "nothing":
      return { lines: ["File not found"], fields: { name }, failure: "not_found" };
    case "choices":
      return fromChoices(name, gotten.choices);
    case "present": {
      const lines = [`${gotten.name} is already there, and identical`];
      return { lines, fields: { name: gotten.name, bytes: gotten.size, identical: true } };
    }
    case "skipped": {
      const lines = [`${gotten.name} is already there, and was left alone`];
      return { lines, fields: { name: gotten.name, bytes: gotten.size, skipped: true } };
    }
    case "downloaded": {
      const { name, size, from, kept } = gotten;
      const lines = [`${name} downloaded successfully`];
      return { lines, fields: { name, bytes: size, from, kept } };
    }
  }
}

/** What is said of a name that stands for several contents. */
export function fromChoices(name: string, choices: readonly Content[], verb = "get"): Outcome {
  const digits = digitsFor(choices.map(({ id }) => id));
  const rows = choices.map(({ id, size, users }) => {
    const handle = formatContent({ id: id.slice(0, digits), size });
    return `  ${handle}  ${formatBytes(size)}  ${users.join(", ")}`;
  });
  const heading = `${name} stands for ${
    countFiles(choices.length)
  }; ${verb} one by its id and size:`;
  const fields = { name, choices: choices.map(fieldsOfChoice) };
  return { lines: [heading, ...rows], fields, failure: "ambiguous" };
}

function fieldsOfChoice({ id, size, users }: Content) {
  return { content: formatContent({ id, size }), id, size, users };
}

/** How many digits tell all `ids` apart. */
function digitsFor(ids: readonly string[]): number {
  let digits = LEAST_DIGITS;
  const all = new Set(ids).size;
  while (new Set(ids.map((id) => id.slice(0, digits))).size < all) digits++;
  return digits;
}

function fromTree(name: string, tree: GottenTree): Outcome {
  const { downloaded, present, skipped, failed, left, stopped, bytes } = tree;
  const failures = failed.map(({ name, code, reason }) => ({ name, code, message: reason }));
  const fields = {
    ...{ name, downloaded, present, failed: failures, left, bytes },
    ...skipped.length > 0 ? { skipped } : {},
  };
  const all = [downloaded, present, skipped, failed, left];
  if (all.every(({ length }) => length === 0)) {
    return { lines: ["No files found"], fields, failure: "not_found" };
  }
  const parts = [
    downloaded.length > 0
      ? `${countFiles(downloaded.length)} downloaded (${formatBytes(bytes)})`
      : "",
    present.length > 0 ? `${countFiles(present.length)} already there` : "",
    skipped.length > 0 ? `${countFiles(skipped.length)} left alone` : "",
    failed.length > 0 ? `${countFiles(failed.length)} failed` : "",
    left.length > 0 ? `${countFiles(left.length)} left` : "",
  ].filter((part) => part !== "");
  const rows = failed.map(({ name, reason }) => named(name, reason));
  const end = stopped ? [`Stopped: ${stopped.message}`] : [];
  const failure = stopped?.code ?? treeFailure(tree);
  return { lines: [parts.join(", "), ...rows, ...end], fields, ...failure ? { failure } : {} };
}

/** A full disk decides the exit code, whatever else has failed. */
function treeFailure(
  { downloaded, present, skipped, failed, lacksRoom }: GottenTree,
): ErrorCode | undefined {
  if (lacksRoom) return "disk";
  const codes = failed.map(({ code }) => code);
  const done = downloaded.length + present.length + skipped.length;
  return failureOf(done > 0 ? [undefined, ...codes] : codes);
}
