/**
 * Command lines that ask for nothing but a text of the manual.
 *
 * @module
 */

import { join } from "@std/path";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { parseFlags, type TextRequest, usage } from "../parse_flags.ts";
import { versionLine } from "../version.ts";
import { completionScript, isShellName, SHELLS } from "./completion.ts";
import { commandNamed, helpOf } from "./help_text.ts";
import { manPage } from "./man_page.ts";
import { isTextCommand, type ProgramManual } from "./manual.ts";

/** What a program prints. */
export interface TextAnswer {
  /** The command, or the flag. */
  readonly verb: string;
  readonly lines: readonly string[];
}

/** Flags of a program that say how its output is written. */
const OUTPUT_FLAGS = ["json", "quiet"];

/**
 * What a command line gets that begins with `help`, `completion` or `man`, and `undefined` for others.
 *
 * @throws {BitTrickleError} `usage`, or `disk` if a page cannot be written
 */
export async function answerText(
  manual: ProgramManual,
  args: readonly string[],
): Promise<TextAnswer | undefined> {
  const switches = OUTPUT_FLAGS.filter((it) => manual.flags.some(({ name }) => name === it));
  const first = args.find((arg) => !switches.some((it) => arg === `--${it}`)) ?? "";
  if (!isTextCommand(first)) return undefined;
  const parsed = parseFlags(args, [], switches);
  if ("asks" in parsed) return answerRequest(manual, parsed);
  const [verb = "", word, surplus] = parsed.arguments;
  if (surplus !== undefined) throw usage(`"${escapeText(surplus)}" is one argument too many`);
  if (verb === "help") return { verb, lines: helpOf(manual, word) };
  if (verb === "completion") return { verb, lines: scriptFor(manual, word) };
  return { verb, lines: word === undefined ? manPage(manual) : await writePage(manual, word) };
}

/** What a command line gets that holds `--help` or `--version`. */
export function answerRequest(
  manual: ProgramManual,
  { asks, arguments: words }: TextRequest,
): TextAnswer {
  if (asks === "version") return { verb: asks, lines: [versionLine(manual.name)] };
  // Before the command there may be the address of an index.
  const command = words.slice(0, 2).find((word) => commandNamed(manual, word));
  return { verb: asks, lines: helpOf(manual, command) };
}

function scriptFor(manual: ProgramManual, shell: string | undefined): string[] {
  if (shell !== undefined && isShellName(shell)) return completionScript(manual, shell);
  const given = shell === undefined ? "" : `, not "${escapeText(shell)}"`;
  throw usage(`completion takes ${SHELLS.slice(0, -1).join(", ")} or ${SHELLS.at(-1)}${given}`);
}

async function writePage(manual: ProgramManual, folder: string): Promise<string[]> {
  const path = join(folder, `${manual.name}.1`);
  try {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(path, `${manPage(manual).join("\n")}\n`);
  } catch (cause) {
    const message = `Cannot write "${escapeText(path)}": ${escapeText(reasonOf(cause))}`;
    throw new BitTrickleError("disk", message, { cause });
  }
  return [path];
}
