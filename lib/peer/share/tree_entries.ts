/**
 * Which entries of a folder are published with it, and under which names. Whether the folder is listed
 * once or watched, the same holds.
 *
 * @module
 */

import type { ErrorCode } from "../../errors.ts";
import { nameFault } from "../../protocol/names.ts";
import { LINK } from "./find_on_disk.ts";
import { IGNORE_FILE, type IgnoreRules } from "./ignore_rules.ts";

const PART = /\.part$/;

/** Bytes that are no UTF-8 are shown as this. */
const REPLACEMENT = "\ufffd";

const NO_UTF8 = badName("its name is not UTF-8");
const UNFINISHED = badName(
  'it ends in ".part", as unfinished downloads do: if it is none, publish it by its name',
);
const TWIN = badName("another one beside it has the same name in Unicode normal form C");
const IS_LINK: EntryFault = { code: "not_found", reason: LINK };
const NO_FILE: EntryFault = { code: "not_found", reason: "it is not a regular file" };

/** Why something is not published. */
export interface EntryFault {
  /** `usage` for its name, `not_found` for what is no file, `disk` for what cannot be read. */
  readonly code: ErrorCode;
  readonly reason: string;
}

/** An entry of a folder. */
export interface TreeEntry {
  /** As it is spelled on the disk. */
  readonly entry: Deno.DirEntry;
  /** The name under which it, or what is in it, is published. */
  readonly name: string;
  /** Why it is not, if it is not. */
  readonly fault: EntryFault | undefined;
}

/** The entries of one folder, sorted out. */
export interface TreeEntries {
  readonly entries: readonly TreeEntry[];
  /** How many are left out by the rules. */
  readonly ignored: number;
}

/**
 * Sorts out `entries` of a folder whose names begin with `prefix`.
 *
 * @param isLossy Whether the name of an entry is not what is on the disk; asked only where it may be
 */
export function sortOut(
  entries: readonly Deno.DirEntry[],
  prefix: string,
  rules: IgnoreRules,
  isLossy: (entry: Deno.DirEntry) => boolean,
): TreeEntries {
  const taken = new Set<string>();
  const sorted: TreeEntry[] = [];
  let ignored = 0;
  for (const entry of inOrder(entries)) {
    const segment = entry.name.normalize("NFC");
    const name = prefix + segment;
    if (segment === IGNORE_FILE) continue;
    if (rules.leaveOut(name, entry.isDirectory)) ignored++;
    else sorted.push({ entry, name, fault: faultOf(entry, name, taken.has(segment), isLossy) });
    taken.add(segment);
  }
  return { entries: sorted, ignored };
}

/** Those first that are spelled as they are published: a name that two could have is theirs. */
function inOrder(entries: readonly Deno.DirEntry[]): Deno.DirEntry[] {
  const rank = ({ name }: Deno.DirEntry) => name === name.normalize("NFC") ? 0 : 1;
  return entries.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

/** Why an entry cannot be published, or looked into if it is a folder. */
function faultOf(
  entry: Deno.DirEntry,
  name: string,
  isTwin: boolean,
  isLossy: (entry: Deno.DirEntry) => boolean,
): EntryFault | undefined {
  if (entry.name.includes(REPLACEMENT) && isLossy(entry)) return NO_UTF8;
  if (entry.isSymlink) return IS_LINK;
  if (!entry.isFile && !entry.isDirectory) return NO_FILE;
  const fault = nameFault(name);
  if (fault !== undefined) return badName(fault);
  return (entry.isFile && PART.test(name) ? UNFINISHED : undefined) ??
    (isTwin ? TWIN : undefined);
}

function badName(reason: string): EntryFault {
  return { code: "usage", reason };
}
