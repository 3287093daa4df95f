/**
 * A process of tests, and what it came to.
 *
 * @module
 */

/** After which a run of tests is ended: one that hangs. */
const MOST_MS = 20 * 60_000;
const COUNTS = ["passed", "failed", "ignored"] as const;

/** What a process of tests is given. */
export interface TestRun {
  readonly files: readonly string[];
  /** @default those of `deno.json` */
  readonly permissions?: readonly string[];
  /** What is set for it. */
  readonly env?: Readonly<Record<string, string>>;
  /** The command that starts it, if another than itself. */
  readonly by?: readonly string[];
}

/** What a run of tests came to, and what it said, without colours. */
export interface Ran {
  readonly isOk: boolean;
  readonly text: string;
  readonly files: readonly string[];
}

/** Runs tests to their end. Types are not checked: `deno check` does that for all files at once. */
export async function runTests(
  { files, permissions = ["-P=tests"], env = {}, by = [] }: TestRun,
): Promise<Ran> {
  const words = [...by, Deno.execPath(), "test", "--quiet", ...permissions, "--no-check", ...files];
  const [name = "", ...args] = words;
  const signal = AbortSignal.timeout(MOST_MS);
  const command = new Deno.Command(name, { args, env, signal, stderr: "inherit" });
  const { success, stdout } = await command.output();
  return { isOk: success, text: new TextDecoder().decode(stdout), files };
}

/**
 * Runs all of `runs`, the first ones first and so many at once, and calls `onEnd` with each that has
 * ended.
 */
export async function runAtOnce(
  runs: readonly TestRun[],
  atOnce: number,
  onEnd: (ran: Ran) => Promise<void>,
): Promise<Ran[]> {
  const waiting = runs.values();
  const ran: Ran[] = [];
  const lanes = Array.from({ length: atOnce }, async () => {
    for (const run of waiting) {
      const ended = await runTests(run);
      ran.push(ended);
      await onEnd(ended);
    }
  });
  await Promise.all(lanes);
  return ran;
}

/** Puts the counts of all of `ran` together, and names the tests that failed. */
export function summary(ran: readonly Ran[]): string {
  const failed = ran.filter(({ isOk }) => !isOk);
  const counts = COUNTS.map((what) => `${sum(ran.map(({ text }) => countIn(text, what)))} ${what}`);
  const names = failed.flatMap(failures).map((name) => `FAILED: ${name}\n`);
  return `${names.join("")}${failed.length === 0 ? "ok" : "FAILED"} | ${counts.join(" | ")}\n`;
}

/** The tests that failed, by what was said of them; all files, if nothing was. */
function failures({ text, files }: Ran): readonly string[] {
  const [, listed = ""] = text.split("\n FAILURES \n");
  const tests = listed.split("\n").filter((line) => line.includes(" => "));
  return tests.length > 0 ? tests : files;
}

/** How many tests of a kind the last summary of `text` counts. */
function countIn(text: string, what: string): number {
  const [last = ""] = text.match(/^(?:ok|FAILED) \| .*$/gm)?.slice(-1) ?? [];
  return Number(new RegExp(`(\\d+) ${what}`).exec(last)?.[1] ?? 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
