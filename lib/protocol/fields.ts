/**
 * The texts of protocol 2: lines that end in LF, of fields that are split by TAB. No field may hold a
 * control character, so nothing is escaped. An empty field is one that is not there.
 *
 * @module
 */

import { malformed } from "../errors.ts";
import { decodeUtf8 } from "./utf8.ts";

const CONTROL = /\p{Cc}/u;
/** The same but for TAB and LF. */
// deno-lint-ignore no-control-regex
const CONTROL_WITHIN_FIELD = /[\0-\x08\x0b-\x1f\x7f-\x9f]/;

/** Whether `text` may be a field. */
export function isField(text: string): boolean {
  return !CONTROL.test(text);
}

/** Whether `digits` are a whole number, written in the one way there is. */
export function isCount(digits: string): boolean {
  return /^(?:0|[1-9][0-9]{0,14})$/.test(digits);
}

/** A line of fields, none of which may hold a control character. Missing ones at its end are left out. */
export function joinFields(fields: readonly (string | number | undefined)[]): string {
  const end = fields.findLastIndex((field) => field !== undefined && field !== "") + 1;
  return fields.slice(0, end).join("\t");
}

/**
 * The fields of each line in `bytes`.
 *
 * @throws {BitTrickleError} `malformed` if it is not UTF-8 or holds another control character
 */
export function readLines(bytes: Uint8Array): string[][] {
  const text = decodeUtf8(bytes);
  if (CONTROL_WITHIN_FIELD.test(text)) throw malformed("a field holds a control character");
  return text.split("\n").map((line) => line.split("\t"));
}
