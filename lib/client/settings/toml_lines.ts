/**
 * In which line of a TOML text each key stands: the parser does not tell.
 *
 * @module
 */

import { parse } from "smol-toml";

/** The line of each key, counted from 1, by its path; `pathKey` makes one of a path. */
export type KeyLines = ReadonlyMap<string, number>;

/** What may hold a line end or a bracket that ends no statement, what does, and anything else. */
const TOKENS = new RegExp(
  [
    String.raw`"""(?:\\[^]|[^\\])*?"{3,5}`,
    String.raw`'''[^]*?'{3,5}`,
    String.raw`"(?:\\.|[^"\\\n])*"`,
    String.raw`'[^'\n]*'`,
    String.raw`#[^\n]*`,
    String.raw`[[\]{}\n]`,
    String.raw`[^"'#[\]{}\n]+`,
  ].join("|"),
  "g",
);

/** The path of a key as a key of {@linkcode KeyLines}. */
export function pathKey(path: readonly string[]): string {
  return JSON.stringify(path);
}

/** The line of each key and table in `text`, which has been parsed without an error. */
export function linesOfKeys(text: string): KeyLines {
  const lines = new Map<string, number>();
  let table: readonly string[] = [];
  for (const { text: statement, line } of statementsOf(text)) {
    const isHeader = statement.trimStart().startsWith("[");
    const paths = [...pathsIn(parse(statement), isHeader ? [] : table)];
    if (isHeader) table = paths.at(-1)!;
    for (const path of paths) setFirst(lines, pathKey(path), line);
  }
  return lines;
}

function setFirst(lines: Map<string, number>, key: string, line: number): void {
  if (!lines.has(key)) lines.set(key, line);
}

/** The paths of the keys in `value`, each after those that it is below. */
function* pathsIn(value: unknown, path: readonly string[]): Generator<readonly string[]> {
  if (!isTable(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    yield [...path, key];
    yield* pathsIn(inner, [...path, key]);
  }
}

/** Whether `value` is a table of TOML: the only objects of the parser without a prototype. */
export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null;
}

/** Headers and assignments, with the line in which each begins. */
function* statementsOf(text: string): Generator<{ readonly text: string; readonly line: number }> {
  let [line, start, begin, depth] = [1, 1, 0, 0];
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === "[" || token === "{") depth++;
    if (token === "]" || token === "}") depth--;
    line += token.split("\n").length - 1;
    if (token !== "\n" || depth > 0) continue;
    yield { text: text.slice(begin, index + 1), line: start };
    [start, begin] = [line, index + 1];
  }
  yield { text: text.slice(begin), line: start };
}
