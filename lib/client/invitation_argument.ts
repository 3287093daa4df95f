/**
 * The invitation on a command line.
 *
 * @module
 */

import { usage } from "../cli/parse_flags.ts";
import { BitTrickleError, reasonOf } from "../errors.ts";
import { withoutMark } from "../files/text_file.ts";
import { escapeText } from "../protocol/escape.ts";
import { type Invitation, looksLikeInvitation, parseInvitation } from "../protocol/invitation.ts";

/**
 * The invitation in `argument`, which is one or names a file whose first line is one.
 *
 * @param read Reads such a file
 * @throws {BitTrickleError} `usage`
 */
export function readInvitation(
  argument: string | undefined,
  read: (path: string) => string,
): Invitation {
  if (argument === undefined) {
    throw usage("join needs an invitation, or the name of a file that holds one");
  }
  const text = looksLikeInvitation(argument) ? argument : readFile(argument, read);
  return parseInvitation(text.trim().split("\n", 1)[0]!);
}

function readFile(path: string, read: (path: string) => string): string {
  const where = `Cannot read the invitation in "${escapeText(path)}"`;
  try {
    const text = withoutMark(read(path));
    if (text.trim() !== "") return text;
  } catch (cause) {
    throw new BitTrickleError("usage", `${where}: ${escapeText(reasonOf(cause))}`, { cause });
  }
  throw new BitTrickleError("usage", `${where}: the file is empty`);
}
