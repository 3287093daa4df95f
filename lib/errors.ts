/**
 * The one error class of BitTrickle. Its `code` says what kind of thing went wrong and decides the
 * exit code; its message names the thing, the cause and, where there is one, the way out.
 *
 * @module
 */

import { systemFault, technicalReason } from "./system_fault.ts";

/** What kind of thing went wrong. */
export type ErrorCode =
  | "usage" // the command, a flag or a configuration file is wrong
  | "malformed" // a message from another machine breaks the protocol
  | "not_found" // no such file, user or publication
  | "network" // a connection broke or could not be made
  | "timeout" // nobody answered in time
  | "index_gone" // the index has not answered for as long as it was waited for
  | "changed" // the source's file is not what it published any more
  | "login_refused" // the index does not let this user in
  | "already_active" // the user is logged in from elsewhere
  | "plain_only" // the index does not know protocol 2
  | "unverified" // what came is not what its id says
  | "ambiguous" // the name stands for several files
  | "partial" // some of several things failed
  | "disk" // the local file system refused
  | "exists" // the target is already there
  | "refused" // the other side, or a policy of this side, said no
  | "reader_gone" // whoever read the output has left
  | "interrupted"; // the user stopped it

/** An error that a person can act upon. */
export class BitTrickleError extends Error {
  override readonly name = "BitTrickleError";

  constructor(readonly code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** Whether `error` means that the index, or the network before it, is silent. */
export function isSilence({ code }: BitTrickleError): boolean {
  return code === "timeout" || code === "network";
}

/** The error of what was stopped by its user. */
export function interrupted(cause?: unknown): BitTrickleError {
  return new BitTrickleError("interrupted", "interrupted", { cause });
}

/** The error of a message from another machine that breaks the protocol. */
export function malformed(reason: string, cause?: unknown): BitTrickleError {
  return new BitTrickleError("malformed", reason, { cause });
}

/**
 * The text of anything thrown, for the tail of a message: `… : <reason>`. What the system or the
 * runtime threw is put in plain words; what nobody expected stands in parentheses.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof BitTrickleError) return error.message;
  if (typeof error === "string") return error;
  return systemFault(error) ?? `unexpected fault (${technicalReason(error)})`;
}

/** The same as a message of its own, at the end of a program or of a command. */
export function messageOf(error: unknown): string {
  if (error instanceof BitTrickleError) return error.message;
  const what = systemFault(error) ?? technicalReason(error);
  return `Stopped by an unexpected fault (${what}): please report it, and what led to it`;
}
