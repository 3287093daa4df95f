/**
 * Walks, as that of the README: what a page says that a person types into which terminal, and what is
 * shown then.
 *
 * @module
 */

/** One line that is typed. */
export interface Step {
  readonly terminal: number;
  /** What the terminal waits with, without the blank at its end. */
  readonly prompt: string;
  /** A line, or {@linkcode CTRL_C}, whatever the terminal shows. */
  readonly typed: string;
  /** Whether the terminal does not show what is typed. */
  readonly isHidden: boolean;
  /** The lines that are shown afterwards. */
  readonly shown: readonly string[];
}

const SECTION = /^## The first five minutes\n(.*?)^## /ms;
const TERMINAL = /^\*\*(?:Terminal (\d)|In all (\d) terminals)/;
const PASSWORD = /password(?: is|:)? `([^`]+)`/;
/** What a block of a configuration is written into. */
const INTO_FILE = /into `([^`]+)`/;
const PROMPT = /^(\$|>|Enter username:) (.*)$/;
const HIDDEN = /^(Enter password:|New password:|The same again:)$/;

/** The keys, as a terminal shows that they were pressed. */
export const CTRL_C = "^C";

/** A line that stands for any lines. */
const ANY = "…";

/** The steps of the README's first five minutes. */
export function readWalk(page: string): Step[] {
  return stepsIn(SECTION.exec(page)?.[1] ?? "");
}

/** The steps that `text` describes, in their order; those before any terminal is named in the first. */
export function stepsIn(text: string): Step[] {
  const steps: Step[] = [];
  let [terminals, password, path, block]: [number[], string, string, string[]] = [[1], "", "", []];
  let [language, paragraph]: [string | undefined, string] = [undefined, ""];
  for (const line of text.split("\n")) {
    if (line.startsWith("```")) {
      if (language === "toml" && path !== "") steps.push(writing(block, path, terminals));
      [language, block] = [language === undefined ? line.slice("```".length) : undefined, []];
    } else if (language === "console") readLine(line, terminals, password, steps);
    else if (language !== undefined) block.push(line);
    else {
      paragraph = line === "" ? "" : `${paragraph} ${line}`;
      terminals = terminalsOf(line) ?? terminals;
      password = PASSWORD.exec(paragraph)?.[1] ?? password;
      path = INTO_FILE.exec(paragraph)?.[1] ?? path;
    }
  }
  return steps;
}

/** The step in which a person writes `lines` into the file at `path`. */
function writing(lines: readonly string[], path: string, terminals: readonly number[]): Step {
  const folder = path.replace(/\/[^/]*$/, "");
  const words = lines.map((line) => `'${line.replaceAll("'", "'\\''")}'`).join(" ");
  const typed = `mkdir -p ${folder}; printf '%s\\n' ${words} >${path}`;
  return { terminal: terminals.at(-1)!, prompt: "$", typed, isHidden: false, shown: [] };
}

function readLine(line: string, terminals: readonly number[], password: string, steps: Step[]) {
  const [, prompt, typed] = line === CTRL_C ? [, "", CTRL_C] : PROMPT.exec(line) ?? [];
  const isHidden = HIDDEN.test(line);
  if (prompt === undefined && !isHidden) return void steps.splice(-1, 1, adding(steps, line));
  if (isHidden && password === "") throw new Error(`No password is told before "${line}"`);
  const step = { prompt: prompt ?? line, typed: typed ?? password, isHidden, shown: [] };
  for (const terminal of terminals) steps.push({ terminal, ...step });
}

function adding(steps: readonly Step[], line: string): Step {
  const last = steps.at(-1);
  if (!last) throw new Error(`Nothing is typed before "${line}" is shown`);
  return { ...last, shown: [...last.shown, line] };
}

/** The machine of each terminal that `text` puts on one, by its number. */
export function machinesIn(text: string): Map<number, number> {
  const named = text.matchAll(/^\*\*Terminal (\d), on machine (\d)/gm);
  return new Map(named.map(([, terminal, machine]) => [Number(terminal), Number(machine)]));
}

function terminalsOf(line: string): number[] | undefined {
  const [, one, all] = TERMINAL.exec(line) ?? [];
  if (one !== undefined) return [Number(one)];
  return all === undefined ? undefined : Array.from({ length: Number(all) }, (_, i) => i + 1);
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
  return new RegExp(`^${patternOf(line)}$`).test(row.trim());
}

function patternOf(line: string): string {
  return line.split(ANY).map((part) => RegExp.escape(part.trim())).join("[^\n]*");
}

/**
 * Where what a terminal shows in the end, in `rows`, is something else than what was typed into it and
 * shown after that; nothing if it is just that. Lines that a page leaves out have a … in their place.
 */
export function differenceIn(steps: readonly Step[], rows: readonly string[]): string | undefined {
  const expected = steps.flatMap(({ prompt, typed, isHidden, shown }) => {
    if (typed === CTRL_C) return [`${CTRL_C}${ANY}`, ANY, ...shown];
    return [isHidden ? prompt : `${prompt} ${typed}`, ...shown];
  });
  const text = rows.map((row) => `${row.trim()}\n`).join("");
  if (beginsWith(expected, text, "(?:[$>]\n)?$")) return undefined;
  const right = expected.findLastIndex((_, i) => beginsWith(expected.slice(0, i + 1), text));
  return `"${expected[right + 1] ?? "nothing more"}" does not follow "${expected[right] ?? ""}"`;
}

/** Whether `text` begins with the lines of `shown`. */
function beginsWith(shown: readonly string[], text: string, end = ""): boolean {
  const lines = shown.map((line) => line === ANY ? "(?:[^\n]*\n)*?" : `${patternOf(line)}\n`);
  return new RegExp(`^${lines.join("")}${end}`).test(text);
}
