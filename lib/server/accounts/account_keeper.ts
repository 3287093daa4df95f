/**
 * The accounts of a running server: read again when their file changes, and changed by their users.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { KeyedMutex } from "../../async/keyed_mutex.ts";
import { BitTrickleError } from "../../errors.ts";
import type { Accounts } from "../../index/login/accounts.ts";
import { addUser, setSecret, usersIn } from "../../index/login/credentials_text.ts";
import { invitationFault, Invitations } from "../../index/login/invitations.ts";
import type { SecretStore } from "../../index/registrations.ts";
import {
  type AccountFiles,
  editAccounts,
  invitationsPathFor,
  invitationTime,
  loadInvitations,
} from "./account_files.ts";
import { loadAccounts } from "./credentials_file.ts";

/** How often to look whether the file has changed, in milliseconds. */
const WATCH_MS = 1_000;

/** Hears of changes. */
export interface AccountWatcher {
  readonly onChange: (accounts: Accounts, invitations: Invitations) => void;
  /** Hears of a file that cannot be used, whose accounts stay as they were, or changed. */
  readonly onFault: (error: BitTrickleError) => void;
}

/** Keeps the accounts in the credentials file at `path`, and the invitations beside it. */
export class AccountKeeper implements SecretStore {
  readonly #path: string;
  readonly #watcher: AccountWatcher;
  /** One reading at a time: an older one must not come after a newer. */
  readonly #turns = new KeyedMutex<"read">();

  constructor(path: string, watcher: AccountWatcher) {
    this.#path = path;
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

  /** Reads the files again whenever one has changed, until `signal` fires. */
  async watch(signal: AbortSignal): Promise<void> {
    const paths = [this.#path, await invitationsPathFor(this.#path)];
    const fingerprint = async () => (await Promise.all(paths.map(fingerprintOf))).join();
    let last = await fingerprint();
    while (await delay(WATCH_MS, { signal }).then(() => true, () => false)) {
      const now = await fingerprint();
      if (now === last) continue;
      last = now;
      await this.read();
    }
  }

  /** Changes the file. What its user is told may leave out what the operator has to know. */
  async #edit(edit: (files: AccountFiles) => AccountFiles): Promise<void> {
    try {
      await editAccounts(this.#path, edit);
    } catch (error) {
      if (error instanceof BitTrickleError && error.code !== "refused") {
        this.#watcher.onFault(error);
      }
      throw error;
    }
    await this.read();
  }

  /** Reads the files again, and tells of faults in them. */
  read(): Promise<void> {
    return this.#turns.run("read", async () => {
      try {
        const accounts = await loadAccounts(this.#path);
        this.#watcher.onChange(accounts, await readInvitations(this.#path));
      } catch (error) {
        this.#watcher.onFault(error as BitTrickleError);
      }
    });
  }
}

/**
 * The invitations of the server with the credentials file at `path`.
 *
 * @throws {BitTrickleError} `usage`
 */
export async function readInvitations(path: string): Promise<Invitations> {
  return new Invitations(await loadInvitations(path), invitationTime);
}

function refused(reason: string): BitTrickleError {
  return new BitTrickleError("refused", reason);
}

async function fingerprintOf(path: string): Promise<string> {
  const status = await Deno.stat(path).catch(() => undefined);
  return [status?.mtime?.getTime(), status?.size, status?.ino].join(" ");
}
