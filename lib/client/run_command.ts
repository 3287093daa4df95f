/**
 * Running one command of the table, with its progress and its outcome.
 *
 * @module
 */

import { BitTrickleError, interrupted } from "../errors.ts";
import type { Peer } from "../peer/peer.ts";
import { escapeText } from "../protocol/escape.ts";
import type { Terminal } from "../cli/terminal.ts";
import type { CommandOptions } from "./command_options.ts";
import { checkCommand } from "./commands.ts";
import type { Invocation } from "./invocation.ts";
import type { Interrupts } from "./interrupts.ts";
import type { Job, JobTable } from "./job.ts";
import type { Outcome } from "./outcome.ts";
import type { Output } from "./output.ts";
import type { TransferBoard } from "./transfer_board.ts";

/** What a shell, or a one-shot command, works with. */
export interface Workbench {
  readonly peer: Peer;
  readonly terminal: Terminal;
  readonly output: Output;
  /** Ends the command that runs, and the shell. */
  readonly signal: AbortSignal;
  readonly interrupts: Interrupts;
  /** Shows how far commands are. */
  readonly transfers: TransferBoard;
  /** Whether what is fetched is published. @default {false} */
  readonly share?: boolean;
}

/** In which shell a command runs. */
export interface ShellPlace {
  readonly job: Job;
  readonly jobs: JobTable;
}

/** Runs one command, prints what came of it and returns the exit code that stands for it. */
export async function runInvocation(
  bench: Workbench,
  invocation: Invocation,
  place?: ShellPlace,
): Promise<number> {
  const { verb } = invocation;
  const print = (printed: (output: Output) => number) => {
    return bench.terminal.area.above(() => printed(outputOf(bench, place?.job)));
  };
  try {
    const outcome = verb === "help"
      ? (await import("./help.ts")).shellHelp(invocation.args[0])
      : await run(bench, invocation, place);
    return print((output) => output.outcome(verb, outcome));
  } catch (error) {
    const isLeaving = error instanceof BitTrickleError && error.code === "interrupted";
    return print((output) => output.error(isLeaving ? interruptedIn(verb, error) : error, verb));
  }
}

/** Where what is printed says from which job it comes. */
function outputOf({ output }: Workbench, job: Job | undefined): Output {
  return job?.number === undefined ? output : output.forJob(job.number);
}

async function run(
  bench: Workbench,
  invocation: Invocation,
  place: ShellPlace | undefined,
): Promise<Outcome> {
  const { peer, terminal, output, signal, share = false } = bench;
  const { verb, args, flags } = invocation;
  const command = checkCommand(invocation, { json: output.json, isShell: place !== undefined });
  const transfer = { verb, args, output: () => outputOf(bench, place?.job) };
  using running = command.mayBeJob ? bench.transfers.begin(transfer) : undefined;
  if (running) place?.job.follow(running.progress);
  const runSignal = place ? AbortSignal.any([signal, place.job.signal]) : signal;
  using _ = command.ownsOutput ? terminal.area.hideStatus() : undefined;
  const options: CommandOptions = {
    ...flags,
    json: output.json,
    columns: output.columns,
    confirm: async (question) => {
      const isAttended = terminal.isInteractive && !output.json;
      // The terminal belongs to the shell while a job is in the background.
      if (!isAttended || place?.job.number !== undefined) return undefined;
      return await isConfirmed(terminal, question, runSignal);
    },
    ...place ? { jobs: place.jobs } : {},
    signal: runSignal,
    share: flags.share || share,
    onTransfer: (name, state) => running?.update(name, state),
    onHappening: (line, type, fields) => {
      terminal.area.above(() => {
        output.happened(type, fields);
        output.say(line);
      });
    },
    onNote: (note) => outputOf(bench, place?.job).remark(note),
  };
  const outcome = await command.run(peer, args, options);
  if (place || output.json || output.isQuiet) return outcome;
  const advice = await command.adviceAfter?.(peer, outcome, options).catch(notGiven);
  return advice === undefined ? outcome : { ...outcome, advice };
}

/** What was done stays so, whether or not anything more can be told. */
function notGiven(error: unknown): undefined {
  if (!(error instanceof BitTrickleError)) throw error;
}

/** Whether the user answers with yes, which is not what an empty line says. */
async function isConfirmed(
  terminal: Terminal,
  question: string,
  signal: AbortSignal,
): Promise<boolean> {
  const answer = await terminal.ask(`${escapeText(question)} [y/N] `, {
    remembered: false,
    signal,
  });
  if (signal.aborted) throw interrupted();
  return /^y(?:es)?$/i.test(answer?.trim() ?? "");
}

/** The same with the verb, and with what `error` tells of what was done before. */
function interruptedIn(verb: string, error: BitTrickleError): BitTrickleError {
  return new BitTrickleError("interrupted", `${verb} was ${error.message}`, { cause: error });
}
