/**
 * The shell: a line in, a command run, its outcome out.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { untilAborted } from "../async/until_aborted.ts";
import { stdoutEased } from "../cli/write.ts";
import type { Terminal } from "../cli/terminal.ts";
import { AVAILABLE, BANNER, VERBS } from "./commands.ts";
import { FirstFailure } from "./first_failure.ts";
import { parseInvocation } from "./invocation.ts";
import type { Job, JobTable } from "./job.ts";
import { JobControl } from "./job_control.ts";
import type { Workbench } from "./run_command.ts";
import { isWorthKeeping } from "../cli/line_editor.ts";
import { inOwnWords } from "./aliases.ts";
import { type Line, parseLine } from "./words.ts";
import { usage } from "../cli/parse_flags.ts";

/**
 * How soon after the first Ctrl-C on an empty line a second one leaves, in milliseconds: time to read
 * that it does, and not so long that the first one is forgotten.
 */
const AGAIN_MS = 10_000;

/** Nothing is done for words that may be parts of a name. */
const MISQUOTED =
  'a quote is not closed; quotes go around whole words, as "lab 3.pdf" or "\'s.pdf"';

/** What keeps lines for the next shell. */
export interface Recorder {
  add(line: string): void;
}

/** What a shell works with beside its bench. */
export interface ShellOptions {
  /** What runs in the background. @default nothing yet */
  readonly jobs?: JobTable | undefined;
  /** Keeps what is typed at a terminal. */
  readonly recorder?: Recorder | undefined;
  /** The time in milliseconds. @default {performance.now} */
  readonly now?: () => number;
}

/**
 * Reads and runs commands until `xit`, the end of input or the signal. Returns the exit code: a
 * script fails as its first failing line does, a person at a terminal has seen it.
 */
export async function runShell(
  bench: Workbench,
  options: ShellOptions = {},
): Promise<number> {
  return await new Shell(bench, options).run();
}

class Shell {
  readonly #bench: Workbench;
  readonly #jobs: JobControl;
  readonly #recorder: Recorder | undefined;
  readonly #failure = new FirstFailure();
  /** A script from which no password was read may still contain one as a line. */
  readonly #mayHoldPassword: boolean;
  readonly #now: () => number;
  #interruptedAt = -Infinity;

  constructor(bench: Workbench, { jobs, recorder, now }: ShellOptions) {
    const { terminal } = bench;
    this.#bench = bench;
    this.#jobs = new JobControl(bench, jobs);
    this.#now = now ?? (() => performance.now());
    this.#recorder = terminal.isInteractive ? recorder : undefined;
    this.#mayHoldPassword = !terminal.isInteractive && terminal.linesRead === 0;
  }

  async run(): Promise<number> {
    const { terminal, output, signal, interrupts } = this.#bench;
    using _ = terminal.isInteractive ? interrupts.handle(() => this.#interrupt()) : undefined;
    for (const line of terminal.isInteractive ? BANNER : [AVAILABLE]) output.say(line);
    while (!signal.aborted) {
      const line = await terminal.ask("> ");
      if (signal.aborted) break;
      const words = line === undefined ? ["xit"] : parseLine(line).words;
      const isLeaving = inOwnWords(words).join(" ") === "xit";
      if (isLeaving ? await this.#mayLeave() : await this.#runLine(line!)) break;
    }
    await this.#endJobs();
    return terminal.isInteractive ? 0 : this.#failure.code;
  }

  /** A script waits for its jobs; whoever has left a terminal does not. */
  async #endJobs(): Promise<void> {
    const { terminal, signal } = this.#bench;
    if (terminal.isInteractive || signal.aborted) return await this.#jobs.close();
    await Promise.all(this.#jobs.table.running.map((job) => job.ended));
  }

  /** Runs what is in `line`. Never ends the shell. */
  async #runLine(line: string): Promise<false> {
    const { terminal, output, signal } = this.#bench;
    const { linesRead } = terminal;
    const parsed = parseLine(line);
    this.#interruptedAt = -Infinity;
    if (parsed.words.length === 0) return false;
    try {
      this.#record(line, inOwnWords(parsed.words));
      const job = await this.#start(parsed);
      // One in the background goes on while other lines run.
      job.ended.then((code) => this.#failure.add(linesRead, code));
      if (job.number === undefined) await job.ended;
      await untilAborted(stdoutEased(), signal);
    } catch (error) {
      this.#failure.add(linesRead, output.error(error));
    }
    return false;
  }

  /** What is no command may be a password, and is kept for nobody. */
  #record(line: string, [verb = ""]: readonly string[]): void {
    if (VERBS.includes(verb) && isWorthKeeping(line)) this.#recorder?.add(line);
  }

  async #start({ words, isBackground, isMisquoted, text }: Line): Promise<Job> {
    const own = inOwnWords(words);
    if (this.#mayHoldPassword) assertCommand(this.#bench.terminal, own);
    if (isMisquoted) throw usage(MISQUOTED);
    const invocation = parseInvocation(own);
    return isBackground
      ? this.#jobs.begin(invocation, text)
      : await this.#jobs.run(invocation, text);
  }

  /** Whether jobs that run keep nobody here. */
  async #mayLeave(): Promise<boolean> {
    const { terminal } = this.#bench;
    const { length } = this.#jobs.table.running;
    if (length === 0 || !terminal.isInteractive || terminal.hasEnded) return true;
    const question = `${runningJobs(length)}. Cancel and leave? [y/N] `;
    const answer = await terminal.ask(question, { remembered: false });
    return answer === undefined || /^\s*y(?:es)?\s*$/i.test(answer);
  }

  /** Ctrl-C ends what is nearest: the command, the line, and the shell only when pressed again. */
  #interrupt(): void {
    const { terminal, interrupts } = this.#bench;
    if (this.#jobs.interrupt()) return;
    const now = this.#now();
    const isAgain = now - this.#interruptedAt < AGAIN_MS;
    this.#interruptedAt = -Infinity;
    if (terminal.abandonLine()) return;
    if (isAgain) return interrupts.stop();
    this.#interruptedAt = now;
    const { length } = this.#jobs.table.running;
    terminal.notice(`${length > 0 ? `${runningJobs(length)}. ` : ""}Ctrl-C again to leave`);
  }
}

function runningJobs(count: number): string {
  return count === 1 ? "1 job is running" : `${count} jobs are running`;
}

/** Names a line that is no command by its number, so that nothing of it is shown. */
function assertCommand({ linesRead }: Terminal, [verb = ""]: readonly string[]): void {
  if (VERBS.includes(verb)) return;
  throw new BitTrickleError(
    "usage",
    `Line ${linesRead} of the input is not a command. ${AVAILABLE}`,
  );
}
