/**
 * The accounts of a running server: read again when their file changes, and changed by their users.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { KeyedMutex } from "../async/keyed_mutex.ts";
import { BitTrickleError } from "../errors.ts";
import type { Accounts } from "../index/login/accounts.ts";
import { setSecret, usersIn } from "../index/login/credentials_text.ts";
import type { SecretStore } from "../index/registrations.ts";
import { editCredentials, loadAccounts } from "./credentials_file.ts";

/** How often to look whether the file has changed, in milliseconds. */
const WATCH_MS = 1_000;

/** Hears of changes. */
export interface AccountWatcher {
  readonly onChange: (accounts: Accounts) => void;
  /** Hears of a file that cannot be used, whose accounts stay as they were, or changed. */
  readonly onFault: (error: BitTrickleError) => void;
}

/** Keeps the accounts in the credentials file at `path`. */
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
    await this.#edit((text) => {
      const isSame = usersIn(text).some(([name, secret]) => name === user && secret === former);
      if (isSame) return setSecret(text, user, secret);
      throw new BitTrickleError("refused", "somebody else has changed this user: log in again");
    });
  }

  /** Reads the file again whenever it has changed, until `signal` fires. */
  async watch(signal: AbortSignal): Promise<void> {
    let last = await fingerprintOf(this.#path);
    while (await delay(WATCH_MS, { signal }).then(() => true, () => false)) {
      const now = await fingerprintOf(this.#path);
      if (now === last) continue;
      last = now;
      await this.#read();
    }
  }

  /** Changes the file. What its user is told may leave out what the operator has to know. */
  async #edit(edit: (text: string) => string): Promise<void> {
    try {
      await editCredentials(this.#path, edit);
    } catch (error) {
      if (error instanceof BitTrickleError && error.code !== "refused") {
        this.#watcher.onFault(error);
      }
      throw error;
    }
    await this.#read();
  }

  #read(): Promise<void> {
    return this.#turns.run("read", async () => {
      try {
        this.#watcher.onChange(await loadAccounts(this.#path));
      } catch (error) {
        this.#watcher.onFault(error as BitTrickleError);
      }
    });
  }
}

async function fingerprintOf(path: string): Promise<string> {
  const status = await Deno.stat(path).catch(() => undefined);
  return [status?.mtime?.getTime(), status?.size, status?.ino].join(" ");
}
