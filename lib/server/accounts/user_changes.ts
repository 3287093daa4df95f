/**
 * Changes of users, as commands make them and administrators on the status page.
 *
 * @module
 */

import { isOutdated } from "../../index/login/accounts.ts";
import { removeUser, setDisabled, usersIn } from "../../index/login/credentials_text.ts";
import { revokeFor } from "../../index/login/invitations.ts";
import { editAccounts } from "./account_files.ts";
import { editCredentials } from "./credentials_file.ts";

/**
 * Ends the sessions of `user`, and lets in no more.
 *
 * @throws {BitTrickleError} `not_found`, `usage` or `disk`
 */
export async function disableUser(credentials: string, user: string): Promise<void> {
  await editCredentials(credentials, (text) => setDisabled(text, user, true));
}

/**
 * Lets `user` in again.
 *
 * @returns whether that takes a new password
 * @throws {BitTrickleError} `not_found`, `usage` or `disk`
 */
export async function enableUser(credentials: string, user: string): Promise<boolean> {
  let needsPassword = false;
  await editCredentials(credentials, (text) => {
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
export async function removeUserFrom(credentials: string, user: string): Promise<void> {
  await editAccounts(credentials, ({ users, invitations }) => {
    return { users: removeUser(users, user), invitations: revokeFor(user, invitations) };
  });
}
