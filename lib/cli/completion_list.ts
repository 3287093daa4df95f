/**
 * What Tab offers, and how it is listed.
 *
 * @module
 */

import { escapeText } from "../protocol/escape.ts";
import { cutToWidth, displayWidth } from "./display_width.ts";

/** What Tab makes of a line. */
export interface Completion {
  /** Where in the text before the cursor the part begins that is replaced, in UTF-16 units. */
  readonly from: number;
  readonly text: string;
  /** What could stand there, if there is a choice. */
  readonly choices: readonly string[];
}

/** Finds what the text before the cursor can go on with. A key that is pressed meanwhile aborts it. */
export type Completer = (before: string, signal: AbortSignal) => Completion | Promise<Completion>;

/** Most choices that are listed: who has more types on. */
const MOST_CHOICES = 100;
const GAP = 2;

/** `choices` in as many columns as fit, row by row, each with a line feed. */
export function listChoices(choices: readonly string[], columns: number): string {
  const texts = choices.slice(0, MOST_CHOICES).map((it) => cutToWidth(escapeText(it), columns - 1));
  const width = Math.max(...texts.map(displayWidth)) + GAP;
  const count = Math.max(1, Math.floor((columns - 1 + GAP) / width));
  const rows: string[] = [];
  for (let at = 0; at < texts.length; at += count) {
    rows.push(texts.slice(at, at + count).map((it) => pad(it, width)).join("").trimEnd());
  }
  const more = choices.length - texts.length;
  return [...rows, ...more > 0 ? [cutToWidth(`… and ${more} more`, columns - 1)] : []]
    .map((row) => `${row}\n`).join("");
}

function pad(text: string, width: number): string {
  return text + " ".repeat(width - displayWidth(text));
}
