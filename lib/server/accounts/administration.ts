/**
 * What an administrator may do on the status page: the same as by commands.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import type { AccountStore } from "../../index/login/account_store.ts";
import { enabledSecret } from "../../index/login/accounts.ts";
import { usersIn } from "../../index/login/credentials_text.ts";
import type { Addresses } from "../../protocol/address.ts";
import { formatInvitation } from "../../protocol/invitation.ts";
import { openAmong } from "../../index/login/invitations.ts";
import { invitationRow } from "../status/invitation_row.ts";
import type { Administration, InvitationStatus } from "../status/status.ts";
import { invitationTime } from "./account_files.ts";
import { disableUser, enableUser, removeUserFrom } from "./user_changes.ts";
import { inviteUsers, revokeInvitations } from "./inviting.ts";

/** Changes the accounts, which a running server reads again. */
export class AccountAdministration implements Administration {
  readonly #store: AccountStore;
  readonly #address: Addresses | undefined;

  /** @param address Where clients find the servers of the index, if that is known */
  constructor(store: AccountStore, address: Addresses | undefined) {
    this.#store = store;
    this.#address = address;
  }

  async invite(user: string, seconds: number): Promise<string> {
    if (!this.#address) throw noAddress();
    const terms = { address: this.#address, seconds };
    const { made } = await inviteUsers(this.#store, [user], terms);
    return formatInvitation(made[0]!);
  }

  async revoke(user: string): Promise<void> {
    await revokeInvitations(this.#store, [user]);
  }

  async invitations(): Promise<readonly InvitationStatus[]> {
    const users = new Map(usersIn(await this.#store.users()));
    const all = await this.#store.invitations();
    return openAmong(all, users, invitationTime()).map(invitationRow);
  }

  async disable(user: string): Promise<void> {
    await disableUser(this.#store, user);
  }

  async enable(user: string): Promise<void> {
    await enableUser(this.#store, user);
  }

  async remove(user: string): Promise<void> {
    await removeUserFrom(this.#store, user);
  }

  async users(): ReturnType<Administration["users"]> {
    return usersIn(await this.#store.users()).map(([user, secret]) => {
      return { user, state: enabledSecret(secret) === secret ? "enabled" : "disabled" };
    });
  }
}

function noAddress(): BitTrickleError {
  const advice = "start it with --invite-address HOST:PORT";
  return new BitTrickleError("usage", `This server does not know how clients call it: ${advice}`);
}
