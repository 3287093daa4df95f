/**
 * Files that name people, one a line.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../../errors.ts";
import { readText } from "../../files/text_file.ts";
import { escapeText } from "../../protocol/escape.ts";
import { credentialFault } from "../../protocol/names.ts";

const MANY_WORDS = "it holds a space; write one word, such as anna.schmidt";

/** A line of such a file. */
export interface NamedLine {
  readonly name: string;
  /** What follows the name, if that may be anything. */
  readonly rest: string | undefined;
  /** From 1 on. */
  readonly number: number;
}

/**
 * The lines of the file at `path`. Empty lines and those that begin with `#` do not count.
 *
 * @param mayFollow Whether a word may follow each name
 * @throws {BitTrickleError} `usage` for a file that cannot be read, or a bad line, which it names
 */
export async function readNames(path: string, mayFollow = false): Promise<NamedLine[]> {
  const where = `Cannot read the names in "${escapeText(path)}"`;
  const text = await readText(path).catch((cause) => {
    throw new BitTrickleError("usage", `${where}: ${escapeText(reasonOf(cause))}`, { cause });
  });
  const lines = text.split("\n").flatMap((raw, i): NamedLine[] => {
    const [name = "", rest, ...others] = raw.trim().split(/\s+/);
    if (name === "" || name.startsWith("#")) return [];
    const isLong = others.length > 0 || (rest !== undefined && !mayFollow);
    const fault = isLong ? MANY_WORDS : credentialFault(name);
    if (fault) throw new BitTrickleError("usage", `${where}: line ${i + 1}: bad name: ${fault}`);
    return [{ name, rest, number: i + 1 }];
  });
  const twice = lines.find(({ name }, i) => lines.findIndex((it) => it.name === name) < i);
  if (!twice) return lines;
  const reason = `line ${twice.number}: "${escapeText(twice.name)}" is there twice`;
  throw new BitTrickleError("usage", `${where}: ${reason}`);
}
