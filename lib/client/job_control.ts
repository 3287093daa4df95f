/**
 * Commands of a shell in the foreground and in the background.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { COMMANDS, VERBS } from "./commands.ts";
import type { Invocation } from "./invocation.ts";
import { Job, JobTable } from "./job.ts";
import { runInvocation, type Workbench } from "./run_command.ts";

/** Runs the commands of a shell. */
export class JobControl {
  readonly #bench: Workbench;
  #foreground: Job | undefined;

  /** @param table What runs in the background */
  constructor(bench: Workbench, readonly table: JobTable = new JobTable()) {
    this.#bench = bench;
  }

  /**
   * Begins a command in the background.
   *
   * @param typed What was typed
   * @throws {BitTrickleError} `usage` for a command that answers at once
   */
  begin(invocation: Invocation, typed: string): Job {
    const { verb } = invocation;
    if (VERBS.includes(verb) && !mayBeJob(invocation)) {
      const reason = `${verb} does not run in the background; ${LONG} do`;
      throw new BitTrickleError("usage", `${reason}. A name that is & is written in quotes`);
    }
    const job = new Job(typed);
    this.#detach(job);
    this.#start(job, invocation);
    return job;
  }

  /** Runs a command, until it has ended or Ctrl-Z sends it to the background. */
  async run(invocation: Invocation, typed: string): Promise<Job> {
    const job = this.#foreground = new Job(typed);
    const detached = Promise.withResolvers<void>();
    const detach = () => {
      if (this.#foreground !== job) return;
      this.#foreground = undefined;
      this.#detach(job);
      detached.resolve();
    };
    const onInterrupt = () => this.#bench.interrupts.press();
    using _ = mayBeJob(invocation)
      ? this.#bench.terminal.watch({ onInterrupt, onSuspend: detach })
      : undefined;
    this.#start(job, invocation);
    await Promise.race([job.ended, detached.promise]);
    this.#foreground = undefined;
    return job;
  }

  /** Cancels the command in the foreground. Returns false if there is none. */
  interrupt(): boolean {
    this.#foreground?.cancel();
    return this.#foreground !== undefined;
  }

  /** Cancels all jobs, and waits for their ends. */
  async close(): Promise<void> {
    const { running } = this.table;
    for (const job of running) job.cancel();
    await Promise.all(running.map((job) => job.ended));
  }

  #start(job: Job, invocation: Invocation): void {
    const running = runInvocation(this.#bench, invocation, { job, jobs: this.table });
    running.then((code) => job.end(code), (error) => job.end(this.#bench.output.error(error)));
  }

  #detach(job: Job): void {
    this.table.add(job);
    const { number, command } = job;
    this.#bench.output.happened("job", { job: number, state: "running", command });
    this.#bench.output.note(`[${number}] ${command}`);
  }
}

const LONG = [...COMMANDS].filter(([, it]) => it.mayBeJob).map(([verb]) => verb).join(", ");

function mayBeJob({ verb }: Invocation): boolean {
  return COMMANDS.get(verb)?.mayBeJob ?? false;
}
