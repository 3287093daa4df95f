/**
 * The accounts of a running server: read again when their file changes, and changed by their users.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { KeyedMutex } from "../../async/keyed_mutex.ts";
import { BitTrickleError } from "../../errors.ts";
import type { AccountStore, StoredAccounts } from "../../index/login/account_store.ts";
import type { Accounts } from "../../index/login/accounts.ts";
import { addUser, setSecret, usersIn } from "../../index/login/credentials_text.ts";
import { invitationFault, Invitations } from "../../index/login/invitations.ts";
import type { SecretStore } from "../../index/registrations.ts";
import { invitationTime } from "./account_files.ts";
import { loadAccounts } from "./credentials_file.ts";

/** Pause before accounts that could not be read are read again, in milliseconds. */
const RETRY_MS = 1_000;

/** Hears of changes. */
export interface AccountWatcher {
  readonly onChange: (accounts: Accounts, invitations: Invitations) => void;
  /** Hears of a file that cannot be used, whose accounts stay as they were, or changed. */
  readonly onFault: (error: BitTrickleError) => void;
}

/** Keeps the accounts and invitations of a store. */
export class AccountKeeper implements SecretStore {
  readonly #store: AccountStore;
  readonly #watcher: AccountWatcher;
  /** One reading at a time: an older one must not come after a newer. */
  readonly #turns = new KeyedMutex<"read">();

  constructor(store: AccountStore, watcher: AccountWatcher) {
    this.#store = store;
    this.#watcher = watcher;
  }

  async replace(user: string, former: string, secret: string): Promise<void> {
    await this.#edit(({ users, invitations }) => {
      const isSame = usersIn(users).some(([name, secret]) => name === user && secret === former);
      if (isSame) return { users: setSecret(users, user, secret), invitations };
      throw refused("somebody else has changed this user: log in again");
    });
  }

  async join(name: string, secret: string): Promise<void> {
    await this.#edit(({ users, invitations }) => {
      const invitation = invitations.find((it) => it.name === name);
      if (!invitation) throw refused("this invitation is not known: ask for another");
      const has = (user: string) => usersIn(users).some(([name]) => name === user);
      const fault = invitationFault(invitation, { has }, invitationTime());
      if (fault !== undefined) throw refused(fault);
      const used = { ...invitation, state: "used" as const };
      return {
        users: addUser(users, invitation.user, secret),
        invitations: invitations.map((it) => it === invitation ? used : it),
      };
    });
  }

  /** Reads the accounts again whenever they have changed, until `signal` fires. */
  async watch(signal: AbortSignal): Promise<void> {
    await this.#store.watch(() => this.#readForCertain(signal), signal);
  }

  /** Changes the file. What its user is told may leave out what the operator has to know. */
  async #edit(edit: (stored: StoredAccounts) => StoredAccounts): Promise<void> {
    try {
      await this.#store.edit(edit);
    } catch (error) {
      if (error instanceof BitTrickleError && error.code !== "refused") {
        this.#watcher.onFault(error);
      }
      throw error;
    }
    await this.read();
  }

  /** Reads the accounts again, and tells of faults in them. */
  async read(): Promise<void> {
    const fault = await this.#tryToRead();
    if (fault) this.#watcher.onFault(fault);
  }

  /** The same. What cannot be asked just now is asked again: nobody tells of the change once more. */
  async #readForCertain(signal: AbortSignal): Promise<void> {
    let fault = await this.#tryToRead();
    if (fault) this.#watcher.onFault(fault);
    while (fault && fault.code !== "usage" && !signal.aborted) {
      await delay(RETRY_MS, { signal }).catch(() => {});
      fault = await this.#tryToRead();
    }
  }

  #tryToRead(): Promise<BitTrickleError | undefined> {
    return this.#turns.run("read", async () => {
      try {
        const accounts = await loadAccounts(this.#store);
        this.#watcher.onChange(accounts, await readInvitations(this.#store));
      } catch (error) {
        return error as BitTrickleError;
      }
    });
  }
}

/**
 * The invitations in `store`.
 *
 * @throws {BitTrickleError} `usage`
 */
export async function readInvitations(store: AccountStore): Promise<Invitations> {
  return new Invitations(await store.invitations(), invitationTime);
}

function refused(reason: string): BitTrickleError {
  return new BitTrickleError("refused", reason);
}
