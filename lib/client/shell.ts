/**
 * The shell: a line in, a command run, its outcome out.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import type { Peer } from "../peer/peer.ts";
import { escapeText } from "../protocol/escape.ts";
import { AVAILABLE, BANNER, checkCommand, SHELL_WORDS, VERBS } from "./commands.ts";
import { shellHelp } from "./help.ts";
import { type Invocation, parseInvocation } from "./invocation.ts";
import type { Outcome } from "./outcome.ts";
import type { Output } from "./output.ts";
import { Progress } from "./progress.ts";
import { ProgressEvents } from "./progress_events.ts";
import type { Terminal } from "../cli/terminal.ts";
import { splitWords } from "./words.ts";

/** What a shell, or a one-shot command, works with. */
export interface Workbench {
  readonly peer: Peer;
  readonly terminal: Terminal;
  readonly output: Output;
  /** Ends the command that runs, and the shell. */
  readonly signal: AbortSignal;
  /** Whether what is fetched is published. @default {false} */
  readonly share?: boolean;
}

/**
 * Reads and runs commands until `xit`, the end of input or the signal. Returns the exit code: a
 * script fails as its first failing line does, a person at a terminal has seen it.
 */
export async function runShell(bench: Workbench): Promise<number> {
  const { terminal, output, signal } = bench;
  const input = { mayHoldPassword: !terminal.isInteractive && terminal.linesRead === 0 };
  let firstFailure = 0;
  for (const line of terminal.isInteractive ? BANNER : [AVAILABLE]) output.say(line);
  while (!signal.aborted) {
    const line = await terminal.ask("> ");
    if (line === undefined || signal.aborted) break;
    const words = splitWords(line);
    if (words.join(" ") === "xit") break;
    const code = words.length > 0 ? await runWords(bench, words, input) : 0;
    firstFailure ||= code;
  }
  return terminal.isInteractive ? 0 : firstFailure;
}

/** Runs one command, prints what came of it and returns the exit code that stands for it. */
export async function runInvocation(bench: Workbench, invocation: Invocation): Promise<number> {
  const { output } = bench;
  const { verb } = invocation;
  try {
    if (verb === "help") return output.outcome(verb, shellHelp(invocation.args[0]));
    return output.outcome(verb, await run(bench, invocation));
  } catch (error) {
    const isLeaving = error instanceof BitTrickleError && error.code === "interrupted";
    return output.error(isLeaving ? interruptedIn(verb, error) : error, verb);
  }
}

/** The words that Tab offers for `line`. */
export function complete(line: string): string[] {
  return SHELL_WORDS.filter((word) => word.startsWith(line)).map((word) => `${word} `);
}

/** What is known of the lines to come. */
interface Input {
  /** A script from which no password was read may still contain one as a line. */
  readonly mayHoldPassword: boolean;
}

async function runWords(
  bench: Workbench,
  words: readonly string[],
  { mayHoldPassword }: Input,
): Promise<number> {
  try {
    if (mayHoldPassword) assertCommand(bench.terminal, words);
    return await runInvocation(bench, parseInvocation(words));
  } catch (error) {
    return bench.output.error(error);
  }
}

/** Names a line that is no command by its number, so that nothing of it is shown. */
function assertCommand({ linesRead }: Terminal, [verb = ""]: readonly string[]): void {
  if (VERBS.includes(verb)) return;
  throw new BitTrickleError(
    "usage",
    `Line ${linesRead} of the input is not a command. ${AVAILABLE}`,
  );
}

async function run(
  { peer, terminal, output, signal, share = false }: Workbench,
  invocation: Invocation,
): Promise<Outcome> {
  const { verb, args, flags } = invocation;
  const command = checkCommand(invocation, { json: output.json, isShell: true });
  const label = [verb, ...args].map(escapeText).join(" ");
  const screen = output.isQuiet ? undefined : terminal.screen;
  using progress = new Progress(label, screen, performance.now());
  const events = new ProgressEvents((fields) => {
    if (!output.isQuiet) output.happened("progress", { verb, ...fields });
  });
  return await command.run(peer, args, {
    ...flags,
    json: output.json,
    signal,
    share: flags.share || share,
    onProgress: (bytes, total) => progress.update(bytes, performance.now(), total),
    onTransfer: (name, state) => events.update(name, state, performance.now()),
    onQueued: (user, place) => progress.queue(escapeText(user), place, performance.now()),
    onSending: () => progress.flow(performance.now()),
    onNote: (note) => {
      progress.wipe();
      output.remark(note);
    },
  });
}

/** The same with the verb, and with what `error` tells of what was done before. */
function interruptedIn(verb: string, error: BitTrickleError): BitTrickleError {
  return new BitTrickleError("interrupted", `${verb} was ${error.message}`, { cause: error });
}
