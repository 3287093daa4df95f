/**
 * Runs every test: first those that compute, one file after the other, then those that mostly wait
 * for networks and programs, several files at once, then those that measure how fast something is,
 * with nothing beside them, and at last some over IPv6.
 *
 * Deno 2.9 ends with a panic if a test without permissions fails beside others, so the first kind is
 * told by that.
 *
 * @module
 */

import { walk } from "@std/fs/walk";
import { fromFileUrl } from "@std/path";
import { HAS_IPV6 } from "./support/ipv6.ts";

const WITHOUT_PERMISSIONS = 'permissions: "none"';
const MEASURING = [
  "e2e/flood_test.ts",
  "e2e/limits_test.ts",
  "e2e/many_sources_test.ts",
  "e2e/roaming_test.ts",
  "net/rate_limit_test.ts",
];
/** Tests of real programs that are run over IPv6 as well: `BITTRICKLE_TEST_HOST=::1` runs all so. */
const OVER_IPV6 = [
  "e2e/devices_test.ts",
  "e2e/get_test.ts",
  "e2e/invitation_test.ts",
  "e2e/plain_compatibility_test.ts",
  "e2e/restart_test.ts",
  "e2e/resume_test.ts",
  "e2e/swarm_test.ts",
];
const SCREEN = Deno.stdout.writable.getWriter();
const IPV6 = { BITTRICKLE_TEST_HOST: "::1" };
const COUNTS = ["passed", "failed", "ignored"] as const;

if (import.meta.main) Deno.exit(await runAll());

async function runAll(): Promise<number> {
  const { pure, waiting, measuring } = await testFiles();
  const runs = [
    await runTests(pure, []),
    await runTests(waiting, ["--parallel"]),
    await runTests(measuring, []),
    ...HAS_IPV6 ? [await runTests(overIpv6(waiting), ["--parallel"], IPV6)] : [],
  ];
  const isOk = runs.every(({ code }) => code === 0);
  const counts = COUNTS.map((what) =>
    `${sum(runs.map(({ text }) => countIn(text, what)))} ${what}`
  );
  await show(`${isOk ? "ok" : "FAILED"} | ${counts.join(" | ")}\n`);
  return isOk ? 0 : 1;
}

async function testFiles() {
  const kinds = { pure: [] as string[], waiting: [] as string[], measuring: [] as string[] };
  const folder = fromFileUrl(new URL(".", import.meta.url));
  for await (const { path } of walk(folder, { includeDirs: false })) {
    if (path.endsWith("_test.ts")) kinds[await kindOf(path)].push(path);
  }
  for (const files of Object.values(kinds)) files.sort();
  return kinds;
}

function overIpv6(files: readonly string[]): string[] {
  return files.filter((path) =>
    OVER_IPV6.some((file) => path.replaceAll("\\", "/").endsWith(file))
  );
}

async function kindOf(path: string): Promise<"pure" | "waiting" | "measuring"> {
  if (MEASURING.some((file) => path.replaceAll("\\", "/").endsWith(file))) return "measuring";
  return (await Deno.readTextFile(path)).includes(WITHOUT_PERMISSIONS) ? "pure" : "waiting";
}

/** Runs `files`, shows what they say, and returns it without colours. */
async function runTests(files: readonly string[], options: readonly string[], env = {}) {
  const args = ["test", "-P=tests", ...options, ...files];
  const program = new Deno.Command(Deno.execPath(), { args, env, stdout: "piped" }).spawn();
  let text = "";
  for await (const part of program.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    await show(part);
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
