/**
 * What a program says to its caller at the end.
 *
 * @module
 */

import { BitTrickleError, type ErrorCode } from "../errors.ts";

/** The exit code of each kind of error; 0 is success and 1 an unexpected error. */
const EXIT_CODE: Readonly<Record<ErrorCode, number>> = {
  usage: 2,
  not_found: 3,
  network: 4,
  timeout: 4,
  index_gone: 4,
  changed: 3,
  malformed: 4,
  login_refused: 5,
  already_active: 5,
  plain_only: 8,
  ambiguous: 2,
  unverified: 6,
  partial: 9,
  disk: 7,
  exists: 7,
  refused: 8,
  reader_gone: 141, // As a program has that SIGPIPE ends.
  interrupted: 130,
};

/** Every kind of error. */
export const ERROR_CODES = Object.keys(EXIT_CODE) as readonly ErrorCode[];

/** The exit code for whatever was thrown. */
export function exitCodeOf(error: unknown): number {
  return error instanceof BitTrickleError ? EXIT_CODE[error.code] : 1;
}

/** The exit code for a kind of error. */
export function exitCodeFor(code: ErrorCode): number {
  return EXIT_CODE[code];
}
