/**
 * `deno task soak:class`: a thousand simulated clients that join, publish, search, ask for files,
 * vanish and come back, and a few real ones that transfer files and are killed, for 15 minutes. It
 * takes Linux. The exit code is 1 if the server's memory or descriptors grew after the first minute,
 * if its log has a line that it should not have, or if a client got a wrong answer or none.
 *
 * - `--minutes N` is how long it lasts (15)
 * - `--clients N` is how many simulated clients there are (1,000)
 * - `--seed N` decides what they do; a number, printed by every soak
 * - `--svg FILE` is where the picture goes (docs/soak.svg)
 *
 * @module
 */

import { toStdout, written } from "../../../lib/cli/write.ts";
import { TempFolder } from "../../support/temp_folder.ts";
import { growthIn } from "./class_judge.ts";
import { readOptions } from "./class_options.ts";
import { plotClass } from "./class_plot.ts";
import { faultLines, figuresOf, progressLine } from "./class_report.ts";
import { ClassSoak } from "./class_soak.ts";

const INTERRUPTED = 130;

/** Runs a soak, tells of it and returns the exit code. */
async function soakClass(signal: AbortSignal): Promise<number> {
  const options = readOptions(Deno.args);
  tell(`${options.clients} clients, ${options.minutes} minutes, --seed ${options.seed}`);
  await using folder = await TempFolder.make();
  Deno.env.set("TMPDIR", folder.path); // What is killed leaves its files behind.
  await using soak = new ClassSoak(options, folder.path, signal);
  try {
    await soak.run((sample) => tell(progressLine(sample)));
  } catch (error) {
    if (signal.aborted) return INTERRUPTED;
    throw error;
  }
  const figures = figuresOf(soak, options);
  await Deno.writeTextFile(options.svg, plotClass(soak.samples, figures));
  const faults = faultLines(soak, growthIn(soak.samples));
  for (const line of [...figures, ...faults.map((it) => `Wrong: ${it}`)]) tell(line);
  return faults.length === 0 ? 0 : 1;
}

function tell(text: string): void {
  toStdout(`${text}\n`);
}

if (import.meta.main) {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => stopping.abort());
  }
  const code = await soakClass(stopping.signal);
  await written();
  Deno.exit(code);
}
