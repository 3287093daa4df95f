/**
 * The command of a command line.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { commandMeantBy } from "./aliases.ts";
import { checkCommand, VERBS } from "./commands.ts";
import type { ClientFlags } from "./flags.ts";
import type { Invocation } from "./invocation.ts";

/**
 * Checks the command of a command line before anything is connected.
 *
 * @throws {BitTrickleError} `usage`, also where a mistyped command was taken for the index
 */
export function checkOneShot(command: Invocation, { json, configuration }: ClientFlags): void {
  const { index, meant } = configuration;
  if (meant !== undefined && index && commandMeantBy(command.verb, VERBS) === undefined) {
    const taken = `and "${escapeText(index.text)}" stands where the index does`;
    const reason = `"${escapeText(command.verb)}" is not a command, ${taken}`;
    throw new BitTrickleError("usage", `${reason}; did you mean "${meant}"?`);
  }
  checkCommand(command, { json, isShell: false });
}
