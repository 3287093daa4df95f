/**
 * Reading what a folder says of what is left out of it.
 *
 * @module
 */

import { join } from "@std/path";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { IGNORE_FILE, IGNORE_FILE_BYTES, type IgnoreRules } from "./ignore_rules.ts";

/**
 * The rules in the folder at `path`, which holds `entries`, with those around it.
 *
 * @throws {BitTrickleError} `disk` if it has rules that cannot be read: then nothing of it may be
 * shared, as that could be what they are about
 */
export function rulesIn(
  path: string,
  prefix: string,
  entries: readonly Deno.DirEntry[],
  around: IgnoreRules,
): IgnoreRules {
  const isThere = entries.some(({ name }) => name === IGNORE_FILE);
  return around.below(prefix, isThere ? readRules(join(path, IGNORE_FILE)) : undefined);
}

/** The rules for what is in the folder `name` of `root`, from the folders that it is in. */
export function rulesAround(root: string, name: string, rules: IgnoreRules): IgnoreRules {
  const segments = name.split("/");
  return segments.reduce((around, _, depth) => {
    const above = segments.slice(0, depth);
    const path = join(root, ...above);
    const entries = Deno.readDirSync(path).filter(({ name }) => name === IGNORE_FILE);
    return rulesIn(path, above.map((it) => `${it}/`).join(""), [...entries], around);
  }, rules);
}

/** What the file is like that says the rules of the folder at `path`: another text after a change. */
export function rulesStamp(path: string): string {
  try {
    const { size, mtime, ctime, ino } = Deno.lstatSync(join(path, IGNORE_FILE));
    return [size, Number(mtime), Number(ctime), ino].join(" ");
  } catch {
    return "gone";
  }
}

function readRules(path: string): string {
  try {
    const { isFile, size } = Deno.lstatSync(path);
    const fault = !isFile
      ? "it is not a regular file"
      : size > IGNORE_FILE_BYTES
      ? `it is larger than ${IGNORE_FILE_BYTES / 1_024} KiB`
      : undefined;
    if (fault) throw new BitTrickleError("disk", fault);
    return new TextDecoder("utf-8", { fatal: true }).decode(Deno.readFileSync(path));
  } catch (cause) {
    const reason = cause instanceof TypeError ? "it is not UTF-8" : reasonOf(cause);
    throw new BitTrickleError("disk", `its ${IGNORE_FILE} cannot be used: ${reason}`, { cause });
  }
}
