/**
 * What the documentation shows in blocks: the commands in them are held to what the programs take.
 *
 * @module
 */

import { isShellName } from "../../lib/cli/manual/completion.ts";
import { commandNamed } from "../../lib/cli/manual/help_text.ts";
import { isTextCommand, type ProgramManual } from "../../lib/cli/manual/manual.ts";
import { inOwnWords } from "../../lib/client/aliases.ts";
import { parseClientFlags } from "../../lib/client/flags.ts";
import { CLIENT_MANUAL } from "../../lib/client/manual.ts";
import { parseServerLine } from "../../lib/server/flags/command_line.ts";
import { SERVER_MANUAL } from "../../lib/server/manual.ts";
import { commandsIn } from "./shell_text.ts";

/** A block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The blocks of a page in Markdown. */
export function blocksIn(page: string): Block[] {
  return [...page.matchAll(/^ *```(.*)\n([^]*?)^ *```$/gm)].map(([, language, text]) => {
    return { language: language!, text: text! };
  });
}

/** What begins commands that are run by another user, or by this system's own name for that. */
const BEFORE_COMMAND = /^(?:index|sudo|exec|runuser|-u|--|bittrickle|\w+=.*)$/;

/** What `$fleet` stands for on the page about fleets. */
const FLEET = ["--journal", "etcd:https://192.0.2.11:2379", "--cluster-key", "cluster.key"];

/**
 * What is wrong with the commands in `script` that are this project's, a line each.
 *
 * @param tasks What `deno task` knows
 */
export function faultsIn(script: string, tasks: readonly string[]): string[] {
  return commandsIn(script).flatMap((words) => {
    const begin = words.findIndex((word) => !BEFORE_COMMAND.test(word));
    const [program = "", ...shown] = words.slice(begin);
    const args = shown.flatMap((word) => word === "$fleet" ? FLEET : [word]);
    const wrong = reasonAgainst(program, args, tasks);
    return wrong === undefined ? [] : [`${words.join(" ")}: ${wrong}`];
  });
}

function reasonAgainst(program: string, args: string[], tasks: readonly string[]) {
  if (program === "bittrickle-client") return failureOf(() => parseClient(args));
  if (program === "bittrickle-server") return failureOf(() => parseServer(args));
  const task = program === "npx" ? args.slice(2) : program === "deno" ? args : [];
  if (task[0] !== "task" || tasks.includes(task[1] ?? "")) return undefined;
  return `there is no task "${task[1]}"`;
}

function failureOf(parse: () => void): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function parseServer(args: readonly string[]): void {
  if (!parseText(SERVER_MANUAL, args)) parseServerLine(args);
}

/** Parses the arguments of a client that has no configuration, and is invited. */
function parseClient(args: readonly string[]): void {
  if (parseText(CLIENT_MANUAL, args)) return;
  // The invitation of an example is cut, and what follows it goes to its index.
  const rest = args[0] === "join" ? ["localhost", ...args.slice(2)] : args;
  const system = { env: () => undefined, readText: () => "", os: "linux" } as const;
  const flags = parseClientFlags(rest, system);
  if ("asks" in flags || flags.command === undefined) return;
  const [verb = ""] = inOwnWords([flags.command.verb]);
  if (!commandNamed(CLIENT_MANUAL, verb)) throw new Error(`there is no command "${verb}"`);
}

/** Whether it is a command that only prints something. */
function parseText(manual: ProgramManual, [verb = "", word]: readonly string[]): boolean {
  if (!isTextCommand(verb)) return false;
  const isRight = verb === "man" || word === undefined ||
    (verb === "help" ? commandNamed(manual, word) !== undefined : isShellName(word));
  if (!isRight) throw new Error(`${verb} takes no "${word}"`);
  return true;
}
