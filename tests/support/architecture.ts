/**
 * The rooms of the code and the arrows between them, read from the imports.
 *
 * @module
 */

import { walk } from "@std/fs/walk";
import { dirname, fromFileUrl, join, relative } from "@std/path";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** Longest file that a reader still takes in at once, in lines. */
export const MAX_LINES = 300;

/** A source file, by its path from the root of the repository. */
export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  /** Paths of the files that it imports, packages left out. */
  readonly imports: readonly string[];
}

/** For each room, the rooms that it may import from. */
export type Rules = Readonly<Record<string, readonly string[]>>;

/** Every source file of both programs. */
export async function readSources(): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for await (const { path } of walk(join(ROOT, "lib"), { includeDirs: false })) {
    if (/(?<!\.d)\.ts$/.test(path)) {
      files.push(await readSource(relative(ROOT, path).replaceAll("\\", "/")));
    }
  }
  files.push(await readSource("server.ts"), await readSource("client.ts"));
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

async function readSource(path: string): Promise<SourceFile> {
  return sourceFile(path, await Deno.readTextFile(join(ROOT, path)));
}

// `import … from "…"`, `export … from "…"`, `import("…")` and `new URL("…", import.meta.url)`.
const SPECIFIERS = /(?:\bfrom |\bimport |\bimport\(|\bnew URL\()"(\.{1,2}\/[^"]+\.ts)"/g;

/** The file at `path` that holds `text`. */
export function sourceFile(path: string, text: string): SourceFile {
  const imports = [...text.matchAll(SPECIFIERS)].map(([, specifier]) => {
    return join(dirname(path), specifier!).replaceAll("\\", "/");
  });
  return { path, lines: text.split("\n").length - 1, imports: [...new Set(imports)] };
}

/** The room of a file: its folder below `lib`, or the name of a file that stands alone. */
export function roomOf(path: string): string {
  const parts = path.replace(/^lib\//, "").replace(/\.ts$/, "").split("/");
  return parts.length === 1 ? parts[0]! : parts.slice(0, -1).join("/");
}

/** What is wrong with `files`, a sentence each. */
export function architectureFaults(files: readonly SourceFile[], rules: Rules): string[] {
  return [...arrowFaults(files, rules), ...circleFaults(files), ...lengthFaults(files)];
}

function arrowFaults(files: readonly SourceFile[], rules: Rules): string[] {
  return files.flatMap(({ path, imports }) => {
    const room = roomOf(path);
    const allowed = rules[room];
    if (!allowed) return [`${path}: there is no room "${room}" in the table of allowed arrows`];
    return imports.filter((it) => roomOf(it) !== room && !allowed.includes(roomOf(it))).map((it) =>
      `${path} imports ${it}: ${room} must not import from ${roomOf(it)}. Move what it needs ` +
      `down into a room that both may import, or pass it in as an argument`
    );
  });
}

function circleFaults(files: readonly SourceFile[]): string[] {
  return findCircles(files).map((circle) =>
    `${circle.join(" -> ")}: a circle of imports. Move what these files share into one of its own`
  );
}

function lengthFaults(files: readonly SourceFile[]): string[] {
  return files.filter(({ lines }) => lines > MAX_LINES).map(({ path, lines }) =>
    `${path} has ${lines} lines, more than ${MAX_LINES}: it does two jobs, so split it by job`
  );
}

/** Circles of imports, each from its first file back to it. */
function findCircles(files: readonly SourceFile[]): string[][] {
  const importsOf = new Map(files.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const circles: string[][] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const at = trail.indexOf(path);
    if (at >= 0) return void circles.push([...trail.slice(at), path]);
    if (done.has(path)) return;
    for (const next of importsOf.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return circles;
}

/** The arrows between the rooms as a Mermaid flowchart, without those to the ground. */
export function toMermaid(files: readonly SourceFile[]): string {
  const arrows = new Map<string, Set<string>>();
  for (const { path, imports } of files) {
    const from = roomOf(path);
    if (GROUND.includes(from)) continue;
    const to = imports.map(roomOf).filter((room) => room !== from && !GROUND.includes(room));
    arrows.set(from, new Set([...arrows.get(from) ?? [], ...to]));
  }
  const rooms = [...arrows.keys()].sort();
  const nodes = rooms.map((room) => `  ${nodeOf(room)}["${room}"]`);
  const lines = rooms.filter((room) => arrows.get(room)!.size > 0).map((room) => {
    return `  ${nodeOf(room)} --> ${[...arrows.get(room)!].sort().map(nodeOf).join(" & ")}`;
  });
  return ["flowchart TD", ...nodes, ...lines].join("\n");
}

/** Everybody may import these, so that their arrows say nothing. */
const GROUND = ["errors", "async", "collections", "system_fault"];

function nodeOf(room: string): string {
  return room.replaceAll("/", "_");
}
