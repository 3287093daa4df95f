/**
 * Accounts in files: the credentials, and what stands beside them.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { AccountStore, EditOptions, StoredAccounts } from "../../index/login/account_store.ts";
import type { StoredInvitation } from "../../index/login/invitations.ts";
import { escapeText } from "../../protocol/escape.ts";
import { editAccounts, invitationsPathFor, loadInvitations } from "./account_files.ts";
import { readCredentials } from "./credentials_file.ts";
import { assertSameKey, loadServerKey, readServerKey } from "./server_key.ts";

/** How often to look whether a file has changed, in milliseconds. */
const WATCH_MS = 1_000;

/** Keeps accounts in a credentials file; its invitations and key are in others beside it. */
export class FileAccounts implements AccountStore {
  readonly name: string;
  readonly #path: string;
  /** What the files looked like when they were first read. */
  #seen: string | undefined;

  constructor(path: string) {
    this.#path = path;
    this.name = `"${escapeText(path)}"`;
  }

  async users(mayBegin = false): Promise<string> {
    this.#seen ??= await this.#fingerprint();
    return await readCredentials(this.#path, mayBegin);
  }

  invitations(): Promise<readonly StoredInvitation[]> {
    return loadInvitations(this.#path);
  }

  edit(
    edit: (stored: StoredAccounts) => StoredAccounts,
    { mayBegin = false, setup }: EditOptions = {},
  ): Promise<void> {
    const check = () => setup === undefined ? undefined : assertSameKey(this.#path, setup);
    return editAccounts(this.#path, edit, mayBegin, check);
  }

  key(isNeeded: boolean): Promise<string | undefined> {
    return readServerKey(this.#path, isNeeded);
  }

  loadKey(mayMake: boolean, onMade?: (path: string) => void): Promise<string> {
    return loadServerKey(this.#path, mayMake, onMade);
  }

  async watch(onChange: () => Promise<void>, signal: AbortSignal): Promise<void> {
    let last = this.#seen ?? await this.#fingerprint();
    while (await delay(WATCH_MS, { signal }).then(() => true, () => false)) {
      const now = await this.#fingerprint();
      if (now === last) continue;
      last = now;
      await onChange();
    }
  }

  async #fingerprint(): Promise<string> {
    const paths = [this.#path, await invitationsPathFor(this.#path)];
    return (await Promise.all(paths.map(fingerprintOf))).join();
  }
}

async function fingerprintOf(path: string): Promise<string> {
  const status = await Deno.stat(path).catch(() => undefined);
  return [status?.mtime?.getTime(), status?.size, status?.ino].join(" ");
}
