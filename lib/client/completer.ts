/**
 * Where the candidates for Tab come from: the commands, the folder, and the index.
 *
 * @module
 */

import { join } from "node:path";
import { withTimeout } from "../async/with_timeout.ts";
import type { Completer } from "../cli/completion_list.ts";
import type { Peer } from "../peer/peer.ts";
import { isPrintable } from "../protocol/escape.ts";
import { nameFault } from "../protocol/names.ts";
import { SEARCH_TERMS } from "../protocol/limits.ts";
import { complete, type Gap, gapIn, knownCandidates, type WordKind } from "./completion.ts";
import type { JobTable } from "./job.ts";

/** Longest wait for the index, in milliseconds: who waits longer has typed the rest. */
const PATIENCE_MS = 1_000;

/** Names of others that are looked at: more than that are too many to choose from. */
const MOST_FOUND = 1_000;

/** Comes after every character of a name. */
const LAST_CHARACTER = "\u{10ffff}";

/** Where candidates come from. */
export interface CompletionSources {
  readonly peer: Peer;
  /** The path of the shared folder. */
  readonly folder: string;
  readonly jobs: JobTable;
}

/** What Tab offers in a shell. At most one question of a kind is under way. */
export function completerOf(sources: CompletionSources): Completer {
  const asking = new Set<WordKind>();
  const ask = async (gap: Gap, signal: AbortSignal): Promise<readonly string[]> => {
    const { kind } = gap;
    if (asking.has(kind)) return [];
    asking.add(kind);
    const answer = askFor(sources, gap).finally(() => asking.delete(kind));
    return await withTimeout(answer, PATIENCE_MS, signal) ?? [];
  };
  return (before, signal) => {
    const gap = gapIn(before);
    const isAsked = ["path", "own", "user", "remote"].includes(gap.kind);
    if (isAsked) return ask(gap, signal).then((found) => complete(before, gap, found));
    const found = gap.kind === "job" ? numbersOf(sources.jobs) : knownCandidates(gap);
    return complete(before, gap, found);
  };
}

function numbersOf({ running }: JobTable): string[] {
  return running.map(({ number }) => String(number));
}

async function askFor({ peer, folder }: CompletionSources, gap: Gap): Promise<readonly string[]> {
  switch (gap.kind) {
    case "path":
      return await pathsIn(folder, gap.typed);
    case "own":
      return await ownNames(peer, gap.typed);
    case "user":
      return (await peer.lap()).items;
    default:
      return await remoteNames(peer, gap.typed);
  }
}

/** A page of the names from `typed` on: the list is in their order. */
async function ownNames(peer: Peer, typed: string): Promise<readonly string[]> {
  return await peer.lists.ownNamesAfter(justBefore(typed));
}

/** A text after which `typed` comes in the order of names, and next to nothing between them. */
function justBefore(typed: string): string {
  const characters = [...typed];
  const last = characters.pop()?.codePointAt(0) ?? 0;
  const before = characters.join("") + String.fromCodePoint(Math.max(0, last - 1)) + LAST_CHARACTER;
  return isPrintable(before) ? before : typed;
}

/** Names that hold the words of `typed`. A search without a word finds nothing. */
async function remoteNames(peer: Peer, typed: string): Promise<readonly string[]> {
  const words = typed.split(/\s+/).filter((word) => word !== "").slice(0, SEARCH_TERMS);
  if (words.length === 0 || typed.includes(":")) return [];
  return (await peer.sch(words.join(" "), MOST_FOUND)).items;
}

/** What in the folder of `typed` can be published. */
async function pathsIn(folder: string, typed: string): Promise<readonly string[]> {
  const prefix = typed.slice(0, typed.lastIndexOf("/") + 1);
  if (prefix !== "" && nameFault(prefix.slice(0, -1)) !== undefined) return [];
  const entries = await Array.fromAsync(Deno.readDir(join(folder, prefix)));
  return entries.filter((it) => it.isFile || it.isDirectory)
    .map(({ name, isDirectory }) => prefix + name.normalize("NFC") + (isDirectory ? "/" : ""))
    .filter((name) => nameFault(name.replace(/\/$/, "")) === undefined);
}
