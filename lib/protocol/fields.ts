/**
 * Fields of sealed texts: split by spaces, so that a space inside one is written otherwise.
 *
 * @module
 */

import { malformed } from "../errors.ts";

/** Stands for a value that is not known. */
export const NONE = "-";

const MUST_ESCAPE = /[\p{Cc}%+]/gu;

/**
 * Writes one field: a space as `+`, and as `%XX` what would be taken for a separator, an escape or
 * {@linkcode NONE}. Other characters stay as they are, which keeps long names short.
 */
export function encodeField(text: string): string {
  if (text === NONE) return "%2D";
  return text.replace(MUST_ESCAPE, encodeURIComponent).replaceAll(" ", "+");
}

/**
 * Reads one field.
 *
 * @throws {BitTrickleError} `malformed` if an escape is broken
 */
export function decodeField(field: string): string {
  try {
    return decodeURIComponent(field.replaceAll("+", " "));
  } catch (cause) {
    throw malformed("broken escape", cause);
  }
}

/** Reads one field that may be unknown. */
export function decodeOptionalField(field: string | undefined): string | undefined {
  return field === undefined || field === NONE ? undefined : decodeField(field);
}

/** Writes a line of fields; `undefined` is unknown, and not written at the end of the line. */
export function joinFields(fields: readonly (string | number | undefined)[]): string {
  const written = fields.map((it) => it === undefined ? NONE : encodeField(String(it)));
  const end = fields.findLastIndex((field) => field !== undefined) + 1;
  return written.slice(0, end).join(" ");
}
