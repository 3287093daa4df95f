/**
 * Runs every test: first those that compute, one file after the other, then those that mostly wait
 * for networks and programs, several files at once, and at last those that measure how fast
 * something is, with nothing beside them. Those in a browser need more permissions than the others.
 *
 * Deno 2.9 ends with a panic if a test without permissions fails beside others, so the first kind is
 * told by that.
 *
 * @module
 */

import { walk } from "@std/fs/walk";
import { fromFileUrl } from "@std/path";

const WITHOUT_PERMISSIONS = 'permissions: "none"';
const IN_BROWSER = "support/browser.ts";
const MEASURING = [
  "e2e/flood_test.ts",
  "e2e/limits_test.ts",
  "e2e/many_sources_test.ts",
  "e2e/roaming_test.ts",
  "e2e/slow_http_test.ts",
  "net/rate_limit_test.ts",
];
const SCREEN = Deno.stdout.writable.getWriter();
const COUNTS = ["passed", "failed", "ignored"] as const;

type Kind = "pure" | "waiting" | "browser" | "measuring";

if (import.meta.main) Deno.exit(await runAll());

async function runAll(): Promise<number> {
  const { pure, waiting, browser, measuring } = await testFiles();
  const runs = [
    await runTests(pure, ["-P=tests"]),
    await runTests(waiting, ["-P=tests", "--parallel"]),
    await runTests(browser, ["--allow-all", "--no-lock"]),
    await runTests(measuring, ["-P=tests"]),
  ];
  const isOk = runs.every(({ code }) => code === 0);
  const counts = COUNTS.map((what) =>
    `${sum(runs.map(({ text }) => countIn(text, what)))} ${what}`
  );
  await show(`${isOk ? "ok" : "FAILED"} | ${counts.join(" | ")}\n`);
  return isOk ? 0 : 1;
}

async function testFiles() {
  const kinds: Record<Kind, string[]> = { pure: [], waiting: [], browser: [], measuring: [] };
  const folder = fromFileUrl(new URL(".", import.meta.url));
  for await (const { path } of walk(folder, { includeDirs: false })) {
    if (path.endsWith("_test.ts")) kinds[await kindOf(path)].push(path);
  }
  for (const files of Object.values(kinds)) files.sort();
  return kinds;
}

async function kindOf(path: string): Promise<Kind> {
  if (MEASURING.some((file) => path.replaceAll("\\", "/").endsWith(file))) return "measuring";
  const text = await Deno.readTextFile(path);
  if (text.includes(IN_BROWSER)) return "browser";
  return text.includes(WITHOUT_PERMISSIONS) ? "pure" : "waiting";
}

/** Runs `files`, shows what they say, and returns it without colours. */
async function runTests(files: readonly string[], options: readonly string[]) {
  const args = ["test", ...options, ...files];
  const program = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
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
