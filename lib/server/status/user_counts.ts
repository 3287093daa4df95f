/**
 * How many users there are.
 *
 * @module
 */

import type { Index } from "../../index/index.ts";

type Accounts = Index["accounts"];

/** Counts the users of accounts once: they are replaced as a whole when they change. */
export class UserCounts {
  #counted: Accounts | undefined;
  #counts = { total: 0, disabled: 0 };

  of(accounts: Accounts): { readonly total: number; readonly disabled: number } {
    if (accounts === this.#counted) return this.#counts;
    this.#counted = accounts;
    const { all } = accounts;
    const disabled = all.filter((user) => accounts.isDisabled(user)).length;
    return this.#counts = { total: all.length, disabled };
  }
}
