/**
 * Where accounts, invitations and the key that proves passwords are kept.
 *
 * @module
 */

import { isPresentRecord } from "./accounts.ts";
import { usersIn } from "./credentials_text.ts";
import type { StoredInvitation } from "./invitations.ts";

/** What is kept, and changes together. */
export interface StoredAccounts {
  /** The text of the credentials. */
  readonly users: string;
  readonly invitations: readonly StoredInvitation[];
}

/** How {@linkcode AccountStore.edit} goes about it. */
export interface EditOptions {
  /** Whether credentials that are not there are as good as empty ones. @default {false} */
  readonly mayBegin?: boolean;
  /** The key that the edit goes by: nothing changes if it is another one by now. */
  readonly setup?: string;
}

/** Keeps accounts, in files or elsewhere. All methods throw {@linkcode BitTrickleError}. */
export interface AccountStore {
  /** How it is called in messages, escaped. */
  readonly name: string;

  /**
   * The text of the credentials.
   *
   * @param mayBegin Whether credentials that are not there are as good as empty ones
   * @throws {BitTrickleError} `usage` if they are missing or unreadable
   */
  users(mayBegin?: boolean): Promise<string>;

  /** The invitations; there need not be any. */
  invitations(): Promise<readonly StoredInvitation[]>;

  /**
   * Replaces what is kept by what `edit` makes of it. No concurrent change is lost: `edit` may be called
   * again for that.
   *
   * @throws {BitTrickleError} `usage`, `disk`, or of `edit`
   */
  edit(edit: (stored: StoredAccounts) => StoredAccounts, options?: EditOptions): Promise<void>;

  /**
   * The server's long-term key, if there is one.
   *
   * @param isNeeded Whether there is something that only it opens
   * @throws {BitTrickleError} `usage` if it is needed and missing
   */
  key(isNeeded: boolean): Promise<string | undefined>;

  /**
   * The same; it is made if it is not there. Of several processes that do so at once, one does.
   *
   * @param mayMake Whether a new key would do: not if there is something that only the old one opens
   * @param onMade Hears that this call has made the key, and where
   */
  loadKey(mayMake: boolean, onMade?: (where: string) => void): Promise<string>;

  /** Calls `onChange` whenever something has changed since {@linkcode users} was first called, until `signal` fires. */
  watch(onChange: () => Promise<void>, signal: AbortSignal): Promise<void>;
}

/**
 * Whether there is anything that only the server's present key opens: records in the text of the
 * credentials, but for the one of `except`, or invitations.
 */
export function needsOldKey({ users, invitations }: StoredAccounts, except?: string): boolean {
  return invitations.length > 0 || usersIn(users).some(([user, secret]) => {
    return user !== except && isPresentRecord(secret);
  });
}

/** All that `store` keeps; credentials that are not there are as good as empty ones. */
export async function readAll(store: AccountStore): Promise<StoredAccounts> {
  return { users: await store.users(true), invitations: await store.invitations() };
}

/** Changes the text of the credentials only, as {@linkcode AccountStore.edit} does. */
export async function editUsers(
  store: AccountStore,
  edit: (users: string) => string,
  options?: EditOptions,
): Promise<void> {
  await store.edit(({ users, invitations }) => ({ users: edit(users), invitations }), options);
}

/** Marks invitations whose users exist: nobody becomes a user by them any more. */
export function settle(stored: StoredAccounts): StoredAccounts {
  const names = new Set(usersIn(stored.users).map(([name]) => name));
  const isOver = ({ state, user }: StoredInvitation) => state === "open" && names.has(user);
  if (!stored.invitations.some(isOver)) return stored;
  const marked = stored.invitations.map((it) =>
    isOver(it) ? { ...it, state: "used" as const } : it
  );
  return { users: stored.users, invitations: marked };
}
