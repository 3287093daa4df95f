/**
 * How many columns text takes on a terminal.
 *
 * @module
 */

import { eastAsianWidth } from "get-east-asian-width";

/** Drawn over the character before it. */
const COMBINING = /^[\p{Mn}\p{Me}]$/u;
/** Makes the character before it an emoji, which many terminals then draw two columns wide. */
const EMOJI_SELECTOR = "\ufe0f";
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const ELLIPSIS = "…";

/**
 * How many columns `text` takes, which holds no control characters. Where terminals differ, as they
 * do for emoji of several characters, it is the most that any takes.
 */
export function displayWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  return [...text].reduce((sum, character) => sum + widthOf(character), 0);
}

/** `text`, or as much of its beginning as `columns` hold, with an ellipsis for the rest. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let left = columns - displayWidth(ELLIPSIS);
  let kept = "";
  for (const character of text) {
    left -= widthOf(character);
    if (left < 0) break;
    kept += character;
  }
  return columns > 0 ? kept + ELLIPSIS : "";
}

/** `text`, or its beginning and its end as far as `columns` hold them, with an ellipsis between. */
export function cutInMiddle(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  const end = endOf(text, Math.floor((columns - displayWidth(ELLIPSIS)) / 3));
  const beginning = cutToWidth(text, columns - displayWidth(end));
  return beginning + end;
}

/** As much of the end of `text` as `columns` hold, from a character on that stands by itself. */
function endOf(text: string, columns: number): string {
  const characters = [...text];
  let left = columns;
  let start = characters.length;
  for (let i = characters.length - 1; i >= 0; i--) {
    const width = widthOf(characters[i]!);
    left -= width;
    if (left < 0) break;
    if (width > 0 && characters[i] !== EMOJI_SELECTOR) start = i;
  }
  return characters.slice(start).join("");
}

function widthOf(character: string): number {
  if (character === EMOJI_SELECTOR) return 1;
  return COMBINING.test(character) ? 0 : eastAsianWidth(character.codePointAt(0)!);
}
