/**
 * What can be wrong with a data file, in words for a person.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { systemFault, technicalReason } from "../system_fault.ts";

/** A cause, and the way out if there is one. */
export interface DiskFault {
  readonly reason: string;
  readonly advice?: string;
}

const ANOTHER = "Name another file with --data";

/** A file that somebody else made. */
export const FOREIGN: DiskFault = { reason: "it is not a file of BitTrickle", advice: ANOTHER };

/** A file that is kept for a bad day. */
export const BACKUP: DiskFault = {
  reason: "it is a backup",
  advice: "Bring it back with `bittrickle-server data restore`",
};

/** A file that a later version made. */
export const TOO_NEW: DiskFault = {
  reason: "a newer BitTrickle has written it",
  advice: `Use that one. ${ANOTHER} otherwise`,
};

/** A file with pages that cannot be right. */
const DAMAGED: DiskFault = {
  reason: "it is damaged",
  advice:
    "Move it away, and import an export of it, or begin with nothing: clients that are running " +
    "publish their files again by themselves",
};

/** What SQLite or the system says, for Deno tells the text of an error of SQLite but not its number. */
const FAULTS: readonly [said: RegExp, fault: DiskFault][] = [
  [/disk is full/, { reason: "the disk is full", advice: "Make room there" }],
  [/readonly|permission denied|may only be read/, {
    reason: "it may not be written",
    advice: ANOTHER,
  }],
  [/unable to open|no such file/, { reason: "it cannot be opened or made there", advice: ANOTHER }],
  [/locked/, { reason: "another program is writing to it" }],
  [/disk I\/O/, { reason: "the disk fails" }],
  [/not a database/, FOREIGN],
  [/malformed/, DAMAGED],
];

/** Why SQLite, or the system, threw `error`. */
export function diskFault(error: unknown): DiskFault {
  const said = `${technicalReason(error)}; ${systemFault(error) ?? ""}`;
  const [, fault] = FAULTS.find(([pattern]) => pattern.test(said)) ?? [];
  return fault ?? { reason: escapeText(reasonOf(error)) };
}

/** What is to be done about `reason` in what should be a backup. */
export function backupFault(reason: string): DiskFault {
  return { reason, advice: "Name a whole file that `bittrickle-server data backup` has written" };
}

/** Why `error` was thrown over a copy of a backup: another data file would not help. */
export function diskFaultOfBackup(error: unknown): DiskFault {
  const fault = diskFault(error);
  return fault === FOREIGN || fault === DAMAGED ? backupFault(fault.reason) : fault;
}

/** The error of a data file in which `what` is wrong. */
export function damaged(path: string, what: string): BitTrickleError {
  return unusable(path, { ...DAMAGED, reason: `${DAMAGED.reason} (${escapeText(what)})` });
}

/** What is wrong with a data file whose catalogue has no good id. */
export const NO_CATALOGUE_ID = "the id of its catalogue is missing";

/** The error of a backup `name` that cannot be made of the data file `data`, because of `cause`. */
export function backupFaultOf(data: string, name: string, cause: unknown): BitTrickleError {
  const fault = diskFault(cause);
  if (fault === DAMAGED) return unusable(data, fault, cause); // As much as its copy.
  const message = `Cannot write the backup "${escapeText(name)}": ${fault.reason}`;
  return new BitTrickleError("disk", message, { cause });
}

/** The error of a data file that cannot be used at all. */
export function unusable(
  path: string,
  { reason, advice }: DiskFault,
  cause?: unknown,
): BitTrickleError {
  const end = advice === undefined ? "" : `. ${advice}`;
  const message = `Cannot use the data in "${escapeText(path)}": ${reason}${end}`;
  return new BitTrickleError("disk", message, { cause });
}
