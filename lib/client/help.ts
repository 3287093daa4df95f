/**
 * `help` and `--help`, in the shell and on the command line.
 *
 * @module
 */

import { answerRequest, answerText, type TextAnswer } from "../cli/manual/text_answer.ts";
import type { TextRequest } from "../cli/parse_flags.ts";
import { commandRows, helpOf, shellCommandHelp, usageOf } from "../cli/manual/help_text.ts";
import { twoColumns } from "../cli/wrap_text.ts";
import { CLIENT_MANUAL, SHELL_MANUAL } from "./manual.ts";
import type { Outcome } from "./outcome.ts";

/**
 * What `help` says in the shell, or what it says of the command `name`.
 *
 * @throws {BitTrickleError} `usage` if that is no command
 */
export function shellHelp(name?: string): Outcome {
  if (name === undefined) return outcomeOf(twoColumns(commandRows(SHELL_MANUAL), 0));
  const command = SHELL_MANUAL.find((it) => it.name === name);
  // What does not go in the shell is explained as it is typed elsewhere.
  return command ? outcomeOf(shellCommandHelp(command)) : oneShotHelp(name);
}

/**
 * What `help` says on the command line, or what it says of the command `name`.
 *
 * @throws {BitTrickleError} `usage` if that is no command
 */
export function oneShotHelp(name?: string): Outcome {
  return outcomeOf(helpOf(CLIENT_MANUAL, name));
}

/** How the client is called, in a few lines: who has read them knows how to ask for the others. */
export function shortUsage(): readonly string[] {
  return usageOf(CLIENT_MANUAL);
}

/** What a command line gets that asks for a text, see {@linkcode answerText}. */
export function oneShotText(args: readonly string[]): Promise<TextAnswer | undefined> {
  return answerText(CLIENT_MANUAL, args);
}

/** What a command line gets that holds `--help` or `--version`. */
export function requestedText(request: TextRequest): TextAnswer {
  return answerRequest(CLIENT_MANUAL, request);
}

function outcomeOf(lines: readonly string[]): Outcome {
  return { lines, fields: { help: lines.join("\n") } };
}
