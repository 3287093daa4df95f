/**
 * Runs every test: first those that compute, in a process a core; then those that mostly wait for
 * networks and programs, one file more at once than cores; then those that measure how fast
 * something is, with nothing beside them; and at last some over IPv6. Those in a browser need more
 * permissions than the others. With `--ipv6` it runs those of the real programs alone, all over IPv6.
 *
 * Deno 2.9 ends with a panic if a test without permissions fails beside others of its process, so the
 * first kind is told by that. Types are not checked: `deno check` does that for all files at once.
 *
 * @module
 */

import { walk } from "@std/fs/walk";
import { fromFileUrl } from "@std/path";
import { HAS_IPV6 } from "./support/ipv6.ts";

const WITHOUT_PERMISSIONS = 'permissions: "none"';
const IN_BROWSER = "support/browser.ts";
/** What drives a browser wants all permissions, and is in no lock file. */
const IN_BROWSER_MAY = ["--allow-all", "--no-lock"];
const MEASURING = [
  "e2e/crowded_login_test.ts",
  "e2e/flood_test.ts",
  "e2e/limits_test.ts",
  "e2e/many_sources_test.ts",
  "e2e/roaming_test.ts",
  "e2e/slow_http_test.ts",
  "net/rate_limit_test.ts",
  "peer/devices_model_test.ts",
];
/** Tests of real programs that are run over IPv6 as well, where addresses matter: `--ipv6` runs all so. */
const OVER_IPV6 = [
  "e2e/check_test.ts",
  "e2e/devices_test.ts",
  "e2e/get_test.ts",
  "e2e/http_test.ts",
  "e2e/invitation_test.ts",
  "e2e/leaving_test.ts",
  "e2e/plain_compatibility_test.ts",
  "e2e/restart_test.ts",
  "e2e/resume_test.ts",
  "e2e/status_test.ts",
  "e2e/swarm_test.ts",
];
const REAL_PROGRAMS = "/e2e/";
/** Take the most time, and so begin first: none of them is left alone at the end. */
const LONGEST = [
  "e2e/release_test.ts",
  "e2e/notices_test.ts",
  "e2e/sleep_test.ts",
  "e2e/link_down_test.ts",
  "e2e/walks/groups_test.ts",
  "e2e/walks/office_test.ts",
  "e2e/walks/start_test.ts",
  "e2e/two_machines_test.ts",
  "e2e/typing_test.ts",
  "e2e/share_test.ts",
  "e2e/terminal_progress_test.ts",
  "e2e/jobs_test.ts",
  "e2e/swarm_test.ts",
];
const CORES = navigator.hardwareConcurrency;
/** Each keeps a third of a core busy; programs that start together need more for a moment. */
const WAITING_FILES_AT_ONCE = CORES + 1;
const SCREEN = Deno.stdout.writable.getWriter();
const IPV6 = { BITTRICKLE_TEST_HOST: "::1" };
const COUNTS = ["passed", "failed", "ignored"] as const;

type Kind = "pure" | "waiting" | "browser" | "measuring";

/** What a run of tests came to, and what it said, without colours. */
interface Run {
  readonly code: number;
  readonly text: string;
}

if (import.meta.main) Deno.exit(await (Deno.args.includes("--ipv6") ? runOverIpv6() : runAll()));

async function runOverIpv6(): Promise<number> {
  if (!HAS_IPV6) throw new Error("This machine has no IPv6: ::1 cannot be bound");
  const { waiting, browser, measuring } = await testFiles();
  const ofPrograms = (files: readonly string[]) => {
    return files.filter((path) => path.replaceAll("\\", "/").includes(REAL_PROGRAMS));
  };
  return await conclude([
    await runTests(ofPrograms(waiting), { isParallel: true, onText: show, more: IPV6 }),
    await runTests(ofPrograms(browser), {
      permissions: IN_BROWSER_MAY,
      onText: show,
      more: IPV6,
    }),
    await runTests(ofPrograms(measuring), { onText: show, more: IPV6 }),
  ]);
}

async function runAll(): Promise<number> {
  const { pure, waiting, browser, measuring } = await testFiles();
  return await conclude([
    ...await runOnEveryCore(pure),
    await runTests(waiting, { isParallel: true, onText: show }),
    await runTests(browser, { permissions: IN_BROWSER_MAY, onText: show }),
    await runTests(measuring, { onText: show }),
    ...HAS_IPV6
      ? [await runTests(overIpv6(waiting), { isParallel: true, onText: show, more: IPV6 })]
      : [],
  ]);
}

/** Says what `runs` came to, and returns the exit code. */
async function conclude(runs: readonly Run[]): Promise<number> {
  const isOk = runs.every(({ code }) => code === 0);
  const counts = COUNTS.map((what) =>
    `${sum(runs.map(({ text }) => countIn(text, what)))} ${what}`
  );
  await show(`${isOk ? "ok" : "FAILED"} | ${counts.join(" | ")}\n`);
  return isOk ? 0 : 1;
}

async function testFiles(): Promise<Record<Kind, string[]>> {
  const kinds: Record<Kind, string[]> = { pure: [], waiting: [], browser: [], measuring: [] };
  const folder = fromFileUrl(new URL(".", import.meta.url));
  for await (const { path } of walk(folder, { includeDirs: false })) {
    if (path.endsWith("_test.ts")) kinds[await kindOf(path)].push(path);
  }
  for (const files of Object.values(kinds)) files.sort();
  return { ...kinds, waiting: longestFirst(kinds.waiting) };
}

async function kindOf(path: string): Promise<Kind> {
  if (isIn(MEASURING, path)) return "measuring";
  const text = await Deno.readTextFile(path);
  if (text.includes(IN_BROWSER)) return "browser";
  return text.includes(WITHOUT_PERMISSIONS) ? "pure" : "waiting";
}

function longestFirst(paths: readonly string[]): string[] {
  const { long = [], short = [] } = Object.groupBy(paths, (path) => {
    return isIn(LONGEST, path) ? "long" : "short";
  });
  return [...long, ...short];
}

function isIn(files: readonly string[], path: string): boolean {
  return files.some((file) => path.replaceAll("\\", "/").endsWith(`/${file}`));
}

function overIpv6(files: readonly string[]): string[] {
  return files.filter((path) => isIn(OVER_IPV6, path));
}

/** Runs `files` in as many processes as there are cores, and shows what each says when it has ended. */
async function runOnEveryCore(files: readonly string[]): Promise<Run[]> {
  const processes = Math.min(CORES, files.length);
  const running = Array.from({ length: processes }, (_, at) => {
    return runTests(files.filter((_, i) => i % processes === at));
  });
  for (const run of running) await show((await run).text);
  return await Promise.all(running);
}

/** Runs `files`. */
async function runTests(
  files: readonly string[],
  {
    isParallel = false,
    permissions = ["-P=tests"],
    onText = (_: string) => Promise.resolve(),
    more = {},
  } = {},
): Promise<Run> {
  const args = [
    "test",
    ...permissions,
    "--no-check",
    ...isParallel ? ["--parallel"] : [],
    ...files,
  ];
  const env = { DENO_JOBS: String(WAITING_FILES_AT_ONCE), ...more };
  const program = new Deno.Command(Deno.execPath(), { args, env, stdout: "piped" }).spawn();
  let text = "";
  for await (const part of program.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    await onText(part);
  }
  return { code: (await program.status).code, text };
}

/** How many tests of a kind the last summary of `text` counts. */
function countIn(text: string, what: string): number {
  const [summary = ""] = text.match(/^(?:ok|FAILED) \| .*$/gm)?.slice(-1) ?? [];
  return Number(new RegExp(`(\\d+) ${what}`).exec(summary)?.[1] ?? 0);
}

async function show(text: string): Promise<void> {
  await SCREEN.write(new TextEncoder().encode(text));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
