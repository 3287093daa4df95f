/**
 * The recording of the README's walk, where it is, and how it is made.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { pacedFrames, type Recording } from "./recording.ts";
import type { Screen } from "./screen.ts";
import { readWalk } from "./walk.ts";
import { WALK_COLUMNS, WalkTerminals } from "./walk_terminals.ts";

const pathOf = (name: string) => fromFileUrl(new URL(`../../${name}`, import.meta.url));

/** The page that describes the walk, and the files that show it. */
export const README: string = pathOf("README.md");
export const CAST: string = pathOf("docs/first-five-minutes.cast");
export const PICTURE: string = pathOf("docs/first-five-minutes.svg");

/** The terminals, one above the other, with the rows that each has. */
const TERMINALS = [
  { title: "Terminal 1: the server", rows: 9 },
  { title: "Terminal 2: hans", rows: 11 },
  { title: "Terminal 3: leia", rows: 14 },
];
const HEIGHT = TERMINALS.reduce((sum, { rows }) => sum + rows + 1, 0);

/** Takes the walk of the README, and tells what the terminals showed. */
export async function recordWalk(): Promise<Recording> {
  const steps = readWalk(await Deno.readTextFile(README));
  await using terminals = await WalkTerminals.open(TERMINALS.map(({ rows }) => rows));
  const screens: { isTyped: boolean; rows: string[] }[] = [];
  const show = async (isTyped: boolean) => {
    screens.push({ isTyped, rows: await rowsOfAll(terminals.screens) });
  };
  for (const step of steps) {
    await terminals.take(step, () => show(true));
    await show(false);
  }
  await terminals.interrupt(1);
  await show(false);
  const title = "BitTrickle: the first five minutes";
  return { title, columns: WALK_COLUMNS, rows: HEIGHT, frames: pacedFrames(screens) };
}

async function rowsOfAll(screens: readonly Screen[]): Promise<string[]> {
  const rows: string[] = [];
  for (const [i, terminal] of TERMINALS.entries()) {
    const shown = (await screens[i]!.text()).split("\n").map((row) => row.trimEnd());
    rows.push(`── ${terminal.title} `.padEnd(WALK_COLUMNS, "─"));
    rows.push(...Array.from({ length: terminal.rows }, (_, row) => shown[row] ?? ""));
  }
  return rows;
}
