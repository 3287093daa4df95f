/**
 * A credentials file in memory.
 *
 * @module
 */

import { BitTrickleError } from "../../lib/errors.ts";
import type { Index } from "../../lib/index/index.ts";
import { Accounts } from "../../lib/index/login/accounts.ts";
import { setSecret, usersIn } from "../../lib/index/login/credentials_text.ts";
import type { SecretStore } from "../../lib/index/registrations.ts";

/** Keeps secrets, and hands them to an index. */
export class SecretMemory implements SecretStore {
  index: Index | undefined;
  /** What a change fails with. */
  failure: BitTrickleError | undefined;

  /** @param text That of the credentials file */
  constructor(public text: string) {}

  secretOf(user: string): string | undefined {
    return new Map(usersIn(this.text)).get(user);
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
