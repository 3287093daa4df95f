/**
 * A credentials file in memory.
 *
 * @module
 */

import { BitTrickleError } from "../../lib/errors.ts";
import type { Index } from "../../lib/index/index.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { Invitations, type StoredInvitation } from "../../lib/index/login/invitations.ts";
import { addUser, setSecret, usersIn } from "../../lib/index/login/credentials_text.ts";
import type { SecretStore } from "../../lib/index/registrations.ts";

/** Keeps secrets, and hands them to an index. */
export class SecretMemory implements SecretStore {
  index: Index | undefined;
  invitations: readonly StoredInvitation[] = [];
  /** In seconds since 1970. */
  time = 1_800_000_000;
  /** What a change fails with. */
  failure: BitTrickleError | undefined;

  /** @param text That of the credentials file */
  constructor(public text: string) {}

  secretOf(user: string): string | undefined {
    return new Map(usersIn(this.text)).get(user);
  }

  /** The invitation `name`, if it is open, as its state alone says. */
  join(name: string, secret: string): Promise<void> {
    const invitation = this.invitations.find((it) => it.name === name && it.state === "open");
    if (!invitation) return Promise.reject(new BitTrickleError("refused", "no such invitation"));
    this.text = addUser(this.text, invitation.user, secret);
    this.invite(this.invitations.map((it) => it === invitation ? { ...it, state: "used" } : it));
    return Promise.resolve();
  }

  /** Hands `invitations` to the index, by whose clock it is `time`. */
  invite(invitations: readonly StoredInvitation[]): void {
    this.invitations = invitations;
    const known = new Invitations(invitations, () => this.time);
    this.index?.replaceAccounts(Accounts.parse(this.text), known);
  }

  replace(user: string, former: string, secret: string): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    if (this.secretOf(user) !== former) {
      return Promise.reject(new BitTrickleError("refused", "somebody else has changed this user"));
    }
    this.text = setSecret(this.text, user, secret);
    this.index?.replaceAccounts(Accounts.parse(this.text));
    return Promise.resolve();
  }
}
