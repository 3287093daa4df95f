/**
 * A command while it runs, and the table of those that run in the background.
 *
 * @module
 */

import { exitCodeFor } from "../cli/exit_code.ts";

/** Ended jobs that are listed: who asks later has seen how they ended. */
const MOST_ENDED = 20;

const INTERRUPTED = exitCodeFor("interrupted");

/** How a job goes. */
export type JobState = "running" | "done" | "failed" | "cancelled";

/** What tells of a command how far it is. */
export interface JobProgress {
  /** The number of the job, for where it is shown. */
  job: number | undefined;
  readonly summary: string;
}

/** A command while it runs, and after that. */
export class Job {
  readonly #stopping = new AbortController();
  readonly #ended = Promise.withResolvers<number>();
  #code: number | undefined;
  #number: number | undefined;
  #progress: JobProgress | undefined;

  /** @param command What was typed */
  constructor(readonly command: string) {}

  /** Its number among the jobs in the background; none while it is in the foreground. */
  get number(): number | undefined {
    return this.#number;
  }

  set number(number: number | undefined) {
    this.#number = number;
    if (this.#progress) this.#progress.job = number;
  }

  /** Fires when the command is to end. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Resolves with the exit code that stands for it. */
  get ended(): Promise<number> {
    return this.#ended.promise;
  }

  /** The exit code that stands for it, once it has ended. */
  get code(): number | undefined {
    return this.#code;
  }

  get state(): JobState {
    if (this.#code === undefined) return "running";
    if (this.#code === 0) return "done";
    return this.#code === INTERRUPTED ? "cancelled" : "failed";
  }

  /** How far it is, in words; empty if that is not known, or over. */
  get progress(): string {
    return this.#code === undefined ? this.#progress?.summary ?? "" : "";
  }

  /** Shows how far the command is by `progress`. */
  follow(progress: JobProgress): void {
    this.#progress = progress;
    progress.job = this.#number;
  }

  cancel(): void {
    this.#stopping.abort();
  }

  /** Takes the exit code of the command. */
  end(code: number): void {
    this.#code = code;
    this.#ended.resolve(code);
  }
}

/** The jobs in the background, in the order in which they came there. */
export class JobTable {
  #jobs: Job[] = [];
  #last = 0;

  /** All that run, and those that ended last. */
  get jobs(): readonly Job[] {
    const ended = this.#jobs.filter((job) => job.state !== "running").slice(-MOST_ENDED);
    return this.#jobs = this.#jobs.filter((job) => job.state === "running" || ended.includes(job));
  }

  get running(): readonly Job[] {
    return this.#jobs.filter((job) => job.state === "running");
  }

  /** Puts `job` into the background, and gives it a number that none had before. */
  add(job: Job): void {
    this.#jobs.push(job);
    job.number = ++this.#last;
  }

  find(number: number): Job | undefined {
    return this.jobs.find((job) => job.number === number);
  }
}
