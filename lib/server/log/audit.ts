/**
 * The audit trail: who did what that others may have to answer for.
 *
 * @module
 */

import type { Verb } from "../../protocol/messages.ts";
import type { LogEvent } from "./log_text.ts";

/** Verbs whose ends are audited: `get` gives tickets, `passwd` a password. */
const VERBS: ReadonlySet<Verb> = new Set<Verb>(["login", "pub", "unp", "get", "passwd", "bye"]);
const KINDS: ReadonlySet<LogEvent["kind"]> = new Set<LogEvent["kind"]>([
  "unproven",
  "account",
  "administered",
  "listening",
  "stopping",
  "unsaved",
  "saved",
  "cut off",
  "joined",
  "left out",
]);

/** Whether `event` belongs into an audit trail: ends, not beginnings, of what changes or allows something. */
export function isAudited(event: LogEvent): boolean {
  if (event.kind === "answered" || event.kind === "failed") return VERBS.has(event.verb);
  return KINDS.has(event.kind);
}
