/**
 * Changes of users, as commands make them and administrators on the status page.
 *
 * @module
 */

import { type AccountStore, editUsers } from "../../index/login/account_store.ts";
import { isOutdated } from "../../index/login/accounts.ts";
import { removeUser, setDisabled, usersIn } from "../../index/login/credentials_text.ts";
import { revokeFor } from "../../index/login/invitations.ts";

/**
 * Ends the sessions of `user`, and lets in no more.
 *
 * @throws {BitTrickleError} `not_found`, `usage` or `disk`
 */
export async function disableUser(store: AccountStore, user: string): Promise<void> {
  await editUsers(store, (text) => setDisabled(text, user, true));
}

/**
 * Lets `user` in again.
 *
 * @returns whether that takes a new password
 * @throws {BitTrickleError} `not_found`, `usage` or `disk`
 */
export async function enableUser(store: AccountStore, user: string): Promise<boolean> {
  let needsPassword = false;
  await editUsers(store, (text) => {
    needsPassword = usersIn(text).some(([name, secret]) => name === user && isOutdated(secret));
    return setDisabled(text, user, false);
  });
  return needsPassword;
}

/**
 * Forgets `user`. Whatever invitation that one came by must not work once more.
 *
 * @throws {BitTrickleError} `not_found`, `usage` or `disk`
 */
export async function removeUserFrom(store: AccountStore, user: string): Promise<void> {
  await store.edit(({ users, invitations }) => {
    return { users: removeUser(users, user), invitations: revokeFor(user, invitations) };
  });
}
