/**
 * What has become of accounts, in words for whoever has to answer for them.
 *
 * @module
 */

import type { Accounts } from "./accounts.ts";

/** What has become of a user. */
export interface AccountChange {
  readonly user: string;
  readonly change: "added" | "removed" | "disabled" | "enabled" | "new password";
}

/** What makes `after` out of `before`, a user after the other. */
export function changesBetween(before: Accounts, after: Accounts): AccountChange[] {
  const users = new Set([...before.all, ...after.all]);
  return [...users].flatMap((user) => changesOf(user, before, after));
}

function changesOf(user: string, before: Accounts, after: Accounts): AccountChange[] {
  if (!before.has(user)) return [{ user, change: "added" }];
  if (!after.has(user)) return [{ user, change: "removed" }];
  const changes: AccountChange[] = [];
  const isDisabled = after.isDisabled(user);
  if (isDisabled !== before.isDisabled(user)) {
    changes.push({ user, change: isDisabled ? "disabled" : "enabled" });
  }
  if (before.proofOf(user) !== after.proofOf(user)) changes.push({ user, change: "new password" });
  return changes;
}
