/**
 * Why requests are refused.
 *
 * @module
 */

import type { ErrorCode, Reply } from "../protocol/messages.ts";

/** The refusal of a request, with a reason that its sender is told. */
export function refuse(code: ErrorCode, reason: string): Reply {
  return { kind: "error", code, reason };
}

export const TOO_BUSY: Reply = refuse(429, "the index has too much to do, try again");
export const DISABLED: Reply = refuse(403, "this user is disabled: ask whoever runs the index");
export const CHANGED_MEANWHILE: Reply = refuse(403, "this user was changed just now: log in again");
export const FOR_A_PASSWORD: Reply = refuse(
  403,
  "an invitation sets a password, and does nothing else",
);
export const NO_REGISTRATIONS: Reply = refuse(403, "passwords are not changed here");
export const NO_SHARE: Reply = refuse(403, "this session names no share, and so can only ask");
export const UNKNOWN_PLACE: Reply = refuse(
  400,
  "the index does not know any more where the list goes on",
);
