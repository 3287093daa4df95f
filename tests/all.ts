/**
 * Runs every test. At first those that wait for networks and programs, a few more files at once than
 * cores: those that wait nearly all the time have a lane of their own. Beside them, and after them in
 * whatever they need, those that only compute, in a process a core. Then those that measure how fast
 * something is, with nothing beside them. With `--ipv6` it runs those of the real programs alone, all
 * over IPv6.
 *
 * Each file has its own process, but for those that compute: Deno 2.9 ends with a panic if a test
 * without permissions fails beside others of its process that run at once.
 *
 * @module
 */

import { MemoryDisk } from "./gate/memory_disk.ts";
import { ofPrograms, overIpv6, testFiles } from "./gate/test_files.ts";
import { type Ran, runAtOnce, summary, type TestRun } from "./gate/test_run.ts";
import { HAS_IPV6 } from "./support/ipv6.ts";
import { canRun } from "./support/permission.ts";

const CORES = navigator.hardwareConcurrency;
/** Each keeps a third of a core busy; programs that start together need more for a moment. */
const BUSY_AT_ONCE = CORES + 1;
/** And those that wait nearly all the time, beside the others. */
const PATIENT_AT_ONCE = Math.ceil(CORES / 2);
/** Steady rates are so low that three files together need less than one core. */
const STEADY_AT_ONCE = CORES > 1 ? 3 : 1;
/** What drives a browser wants all permissions, and is in no lock file. */
const IN_BROWSER_MAY = ["--allow-all", "--no-lock"];
const IPV6 = { BITTRICKLE_TEST_HOST: "::1" };
/** Starts what takes only the time that nothing else wants. */
const NICE = ["nice", "-n", "19"];
const HAS_NICE = await canRun("nice", "-n", "19", "true");
const SCREEN = Deno.stdout.writable.getWriter();

if (import.meta.main) Deno.exit(await (Deno.args.includes("--ipv6") ? runOverIpv6() : runAll()));

async function runAll(): Promise<number> {
  await using disk = await MemoryDisk.mount();
  const { pure, busy, patient, browser, measuring, steady } = await testFiles();
  const inMemory = { env: disk.env };
  const beside = [
    // One after the other: a browser keeps more than one core busy when it starts.
    { files: browser, permissions: IN_BROWSER_MAY, ...inMemory },
    // What runs twice does so on the system's own disk as well.
    ...HAS_IPV6 ? each(overIpv6([...busy, ...patient]), { env: IPV6 }) : [],
    ...each(busy, inMemory),
  ];
  const computing = runPure(pure);
  if (!HAS_NICE) await computing; // It would give way to nothing.
  const first = await Promise.all([
    computing,
    run(beside, BUSY_AT_ONCE),
    run(each(patient, inMemory), PATIENT_AT_ONCE),
  ]);
  const last = [await run(each(measuring), 1), await run(each(steady), STEADY_AT_ONCE)];
  return await conclude([...first, ...last].flat());
}

async function runOverIpv6(): Promise<number> {
  if (!HAS_IPV6) throw new Error("This machine has no IPv6: ::1 cannot be bound");
  const { busy, patient, browser, measuring, steady } = await testFiles();
  const over = (files: readonly string[], more = {}) =>
    each(ofPrograms(files), { env: IPV6, ...more });
  const programs = [...over(browser, { permissions: IN_BROWSER_MAY }), ...over(busy)];
  const first = await Promise.all([
    run(programs, BUSY_AT_ONCE),
    run(over(patient), PATIENT_AT_ONCE),
  ]);
  return await conclude([...first.flat(), ...await run(over([...measuring, ...steady]), 1)]);
}

/** Runs what only computes in as many processes as there are cores, which give way to all others. */
async function runPure(files: readonly string[]): Promise<Ran[]> {
  const by = HAS_NICE ? NICE : [];
  const runs = Array.from({ length: CORES }, (_, at) => {
    return { files: files.filter((_, i) => i % CORES === at), by };
  });
  return await run(runs, CORES);
}

/** A process for each of `files`. */
function each(files: readonly string[], options: Omit<TestRun, "files"> = {}): TestRun[] {
  return files.map((file) => ({ ...options, files: [file] }));
}

/** Runs tests, so many processes at once, and shows what each says when it has ended. */
async function run(runs: readonly TestRun[], atOnce: number): Promise<Ran[]> {
  return await runAtOnce(runs, atOnce, ({ text }) => show(text));
}

/** Says what it all came to, and returns the exit code. */
async function conclude(ran: readonly Ran[]): Promise<number> {
  await show(summary(ran));
  return ran.every(({ isOk }) => isOk) ? 0 : 1;
}

async function show(text: string): Promise<void> {
  await SCREEN.write(new TextEncoder().encode(text));
}
