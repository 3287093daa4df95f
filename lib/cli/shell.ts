/**
 * The shell: a line in, a command run, its outcome out.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import type { Peer } from "../peer/peer.ts";
import { escapeText } from "../protocol/escape.ts";
import { AVAILABLE, checkCommand, helpOutcome, SHELL_WORDS } from "./commands.ts";
import type { Outcome } from "./outcome.ts";
import type { Output } from "./output.ts";
import { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";
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

/** Reads and runs commands until `xit`, the end of input or the signal. */
export async function runShell(bench: Workbench): Promise<void> {
  const { terminal, output, signal } = bench;
  output.say(AVAILABLE);
  while (!signal.aborted) {
    const line = await terminal.ask("> ");
    if (line === undefined || signal.aborted) return;
    const words = splitWords(line);
    if (words[0] === "xit" && words.length === 1) return;
    if (words[0] === "help") output.outcome("help", helpOutcome());
    else if (words.length > 0) await runLine(bench, words);
  }
}

/** Runs one command, prints what came of it and returns the exit code that stands for it. */
export async function runLine(bench: Workbench, words: readonly string[]): Promise<number> {
  const verb = words[0] ?? "";
  try {
    return bench.output.outcome(verb, await run(bench, words));
  } catch (error) {
    const isLeaving = error instanceof BitTrickleError && error.code === "interrupted";
    return bench.output.error(isLeaving ? interruptedIn(verb) : error, verb);
  }
}

/** The words that Tab offers for `line`. */
export function complete(line: string): string[] {
  return SHELL_WORDS.filter((word) => word.startsWith(line)).map((word) => `${word} `);
}

async function run(
  { peer, terminal, output, signal, share }: Workbench,
  words: readonly string[],
): Promise<Outcome> {
  const command = checkCommand(words);
  const label = words.map(escapeText).join(" ");
  using progress = new Progress(label, terminal.screen, performance.now());
  return await command.run(peer, words.slice(1), {
    signal,
    share,
    onProgress: (bytes, total) => progress.update(bytes, performance.now(), total),
    onQueued: (user, place) => progress.queue(escapeText(user), place, performance.now()),
    onSending: () => progress.flow(performance.now()),
    onNote: (note) => {
      progress.wipe();
      output.event("note", { note });
      output.note(note);
    },
  });
}

function interruptedIn(verb: string): BitTrickleError {
  return new BitTrickleError("interrupted", `${verb} was interrupted`);
}
