/**
 * The credentials file and the invitations beside it, which change together.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../../errors.ts";
import { realPathOf } from "../../files/real_path.ts";
import { readText } from "../../files/text_file.ts";
import { settle, type StoredAccounts } from "../../index/login/account_store.ts";
import {
  formatInvitations,
  parseInvitations,
  type StoredInvitation,
} from "../../index/login/invitations.ts";
import { escapeText } from "../../protocol/escape.ts";
import { readCredentials, replaceAccountFile } from "./credentials_file.ts";
import { lockCredentials } from "./credentials_lock.ts";

/** The time, in seconds since 1970, by which invitations end. */
export function invitationTime(): number {
  return Math.floor(Date.now() / 1_000);
}

/** Where the invitations of the server with these credentials are kept. */
export async function invitationsPathFor(credentials: string): Promise<string> {
  return `${await realPathOf(credentials)}.invitations`;
}

/**
 * The invitations of the server with these credentials; there need not be a file.
 *
 * @throws {BitTrickleError} `usage` if it is unreadable or malformed, naming the line
 */
export async function loadInvitations(credentials: string): Promise<StoredInvitation[]> {
  const path = await invitationsPathFor(credentials);
  try {
    return parseInvitations(await readText(path));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return [];
    const reason = escapeText(reasonOf(cause));
    const message = `Cannot read the invitations in "${escapeText(path)}": ${reason}`;
    throw new BitTrickleError("usage", message, { cause });
  }
}

/**
 * Replaces what is in the files by what `edit` makes of it. No concurrent change is lost. An
 * invitation is worth nothing once its user exists: so a new user, and the end of the invitation,
 * come with one and the same file, the credentials. The mark in the other only tells it later on,
 * even if the user is removed again; if it could not be written, the next change does so first.
 *
 * @param mayBegin Whether a credentials file that is not there is as good as an empty one
 * @param check Throws if what `edit` goes by holds no more; nothing changes until it is through
 * @throws {BitTrickleError} `usage`, `disk`, or of `edit` or `check`
 */
export async function editAccounts(
  credentials: string,
  edit: (stored: StoredAccounts) => StoredAccounts,
  mayBegin = false,
  check: () => Promise<void> | undefined = () => undefined,
): Promise<void> {
  using _ = await lockCredentials(credentials);
  await check();
  const users = await readCredentials(credentials, mayBegin);
  const stored = { users, invitations: await loadInvitations(credentials) };
  const settled = settle(stored);
  if (settled !== stored) await writeInvitations(credentials, settled.invitations);
  const next = edit(settled);
  const isNew = next.users !== users;
  if (isNew) await replaceAccountFile(credentials, realPathOf(credentials), next.users);
  if (next.invitations === settled.invitations) return;
  await writeInvitations(credentials, next.invitations).catch((error) => {
    if (!isNew) throw error;
  });
}

async function writeInvitations(
  credentials: string,
  invitations: readonly StoredInvitation[],
): Promise<void> {
  const path = invitationsPathFor(credentials);
  await replaceAccountFile(credentials, path, formatInvitations(invitations));
}
