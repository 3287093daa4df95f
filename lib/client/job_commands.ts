/**
 * `jobs`, `wait` and `cancel`: what runs in the background of a shell.
 *
 * @module
 */

import { unlessAborted } from "../async/until_aborted.ts";
import { BitTrickleError } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { type CommandOptions, NO_JOBS } from "./command_options.ts";
import type { Job, JobTable } from "./job.ts";
import type { Outcome } from "./outcome.ts";

const STATE_WIDTH = "cancelled".length;

/** Lists the jobs. */
export function runJobs(_args: readonly string[], { jobs }: CommandOptions): Outcome {
  const all = tableOf(jobs).jobs;
  const lines = all.length === 0 ? ["No jobs"] : all.map(lineOf);
  return { lines, fields: { jobs: all.map(fieldsOf) } };
}

/** Waits until a job has ended, or all that run now. */
export async function runWait(
  [number]: readonly string[],
  { jobs, signal }: CommandOptions,
): Promise<Outcome> {
  const table = tableOf(jobs);
  const awaited = number === undefined ? table.running : [jobOf(table, number)];
  const all = Promise.all(awaited.map((job) => job.ended));
  await (signal ? unlessAborted(all, signal) : all);
  return { lines: [], fields: { jobs: awaited.map(fieldsOf) } };
}

/** Cancels a job and waits for its end. */
export async function runCancel(
  [number = ""]: readonly string[],
  { jobs }: CommandOptions,
): Promise<Outcome> {
  const job = jobOf(tableOf(jobs), number);
  if (job.state !== "running") throw new BitTrickleError("not_found", `Job ${number} has ended`);
  job.cancel();
  await job.ended;
  return { lines: [], fields: fieldsOf(job) };
}

function tableOf(jobs: JobTable | undefined): JobTable {
  if (jobs) return jobs;
  throw new BitTrickleError("usage", NO_JOBS);
}

function jobOf(table: JobTable, text: string): Job {
  const job = /^[0-9]{1,9}$/.test(text) ? table.find(Number(text)) : undefined;
  if (job) return job;
  throw new BitTrickleError("not_found", `There is no job "${escapeText(text)}": jobs lists them`);
}

function lineOf(job: Job): string {
  const line = `[${job.number}] ${job.state.padEnd(STATE_WIDTH)}  ${job.command}`;
  return job.progress === "" ? line : `${line}  ${job.progress}`;
}

function fieldsOf({ number, command, state, code }: Job) {
  const ended = code === undefined ? {} : { exit_code: code };
  return { job: number, command, state, ...ended };
}
