/**
 * The walk of the README: what a person types into which terminal, and what is shown then.
 *
 * @module
 */

/** One line that is typed. */
export interface Step {
  readonly terminal: number;
  /** What the terminal waits with, without the blank at its end. */
  readonly prompt: string;
  readonly typed: string;
  /** Whether the terminal does not show what is typed. */
  readonly isHidden: boolean;
  /** The lines that are shown afterwards. */
  readonly shown: readonly string[];
}

const SECTION = /^## The first five minutes\n(.*?)^## /ms;
const TERMINAL = /^\*\*(?:Terminal (\d)|In all (\d) terminals)/;
const PASSWORD = /password(?: is|:)? `([^`]+)`/;
const PROMPT = /^(\$|>|Enter username:) (.*)$/;
const HIDDEN = /^(Enter password:|New password:|The same again:)$/;

/** A line that stands for any lines. */
const ANY = "…";

/** The steps that `page` describes, in their order. */
export function readWalk(page: string): Step[] {
  const steps: Step[] = [];
  let [terminals, password, isConsole]: [number[], string, boolean] = [[], "", false];
  for (const line of SECTION.exec(page)?.[1]?.split("\n") ?? []) {
    if (line.startsWith("```")) isConsole = line === "```console";
    else if (isConsole) readLine(line, terminals, password, steps);
    else [terminals, password] = [terminalsOf(line) ?? terminals, passwordIn(line) ?? password];
  }
  return steps;
}

function readLine(line: string, terminals: readonly number[], password: string, steps: Step[]) {
  const [, prompt, typed] = PROMPT.exec(line) ?? [];
  const isHidden = HIDDEN.test(line);
  if (prompt === undefined && !isHidden) return void steps.splice(-1, 1, adding(steps, line));
  const step = { prompt: prompt ?? line, typed: typed ?? password, isHidden, shown: [] };
  for (const terminal of terminals) steps.push({ terminal, ...step });
}

function adding(steps: readonly Step[], line: string): Step {
  const last = steps.at(-1);
  if (!last) throw new Error(`Nothing is typed before "${line}" is shown`);
  return { ...last, shown: [...last.shown, line] };
}

function terminalsOf(line: string): number[] | undefined {
  const [, one, all] = TERMINAL.exec(line) ?? [];
  if (one !== undefined) return [Number(one)];
  return all === undefined ? undefined : Array.from({ length: Number(all) }, (_, i) => i + 1);
}

function passwordIn(line: string): string | undefined {
  return PASSWORD.exec(line)?.[1];
}

/** Whether `rows` hold the lines of `shown` in their order, where … stands for any text. */
export function isShown(shown: readonly string[], rows: readonly string[]): boolean {
  let from = 0;
  return shown.filter((line) => line !== ANY).every((line) => {
    const at = rows.findIndex((row, i) => i >= from && matches(line, row));
    from = at + 1;
    return at >= 0;
  });
}

function matches(line: string, row: string): boolean {
  const parts = line.split(ANY).map((part) => RegExp.escape(part.trim()));
  return new RegExp(`^${parts.join(".*")}$`).test(row.trim());
}
