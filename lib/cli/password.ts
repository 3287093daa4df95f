/**
 * Passwords from a file, from the environment, and new ones that are typed. None is ever shown.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { credentialFault } from "../protocol/names.ts";
import type { Terminal } from "./terminal.ts";
import { readText, withoutMark } from "../files/text_file.ts";

const VARIABLE = "BITTRICKLE_PASSWORD";

/**
 * The password in the file at `path`, or else in the environment, if there is one.
 *
 * @throws {BitTrickleError} `usage` for a file that holds none, or for one that nobody can have
 */
export async function givenPassword(path: string | undefined): Promise<string | undefined> {
  if (path !== undefined) return await readPasswordFile(path);
  const password = firstLine(Deno.env.get(VARIABLE) ?? "");
  return password === "" ? undefined : assertPassword(password, `Cannot use ${VARIABLE}`);
}

/**
 * Asks for a new password: on a terminal twice, where a typing mistake would lock its user out.
 *
 * @throws {BitTrickleError} `usage` for one that nobody can have, or two that differ; `interrupted`
 */
export async function askNewPassword(terminal: Terminal): Promise<string> {
  const password = await askHidden(terminal, "New password: ");
  const fault = credentialFault(password);
  if (fault) throw new BitTrickleError("usage", `Cannot set the password: ${fault}`);
  if (terminal.isInteractive && password !== await askHidden(terminal, "The same again: ")) {
    throw new BitTrickleError("usage", "The passwords differ: nothing changed; try again");
  }
  return password;
}

async function askHidden(terminal: Terminal, prompt: string): Promise<string> {
  const answer = await terminal.ask(prompt, { hidden: true, remembered: false });
  if (answer !== undefined) return withoutMark(answer);
  throw new BitTrickleError("interrupted", "Nothing was changed");
}

async function readPasswordFile(path: string): Promise<string> {
  const where = `Cannot read the password in "${escapeText(path)}"`;
  const text = await readText(path).catch((cause) => {
    throw new BitTrickleError("usage", `${where}: ${escapeText(reasonOf(cause))}`, { cause });
  });
  return assertPassword(firstLine(text), `${where}: line 1`);
}

/** What editors, and `$(cat file)`, leave around a password belongs to none. */
function firstLine(text: string): string {
  return withoutMark(text).split(/\r?\n|\r$/, 1)[0]!;
}

function assertPassword(password: string, where: string): string {
  const fault = credentialFault(password);
  if (!fault) return password;
  throw new BitTrickleError("usage", `${where}: ${fault}`);
}
