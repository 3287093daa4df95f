/**
 * The credentials file and the invitations beside it, which change together.
 *
 * @module
 */

import { BitTrickleError, reasonOf } from "../../errors.ts";
import { realPathOf } from "../../files/real_path.ts";
import { readText } from "../../files/text_file.ts";
import { isPresentRecord } from "../../index/login/accounts.ts";
import { usersIn } from "../../index/login/credentials_text.ts";
import {
  formatInvitations,
  parseInvitations,
  type StoredInvitation,
} from "../../index/login/invitations.ts";
import { escapeText } from "../../protocol/escape.ts";
import { readCredentials, replaceAccountFile } from "./credentials_file.ts";
import { lockCredentials } from "./credentials_lock.ts";

/** What is in both files. */
export interface AccountFiles {
  /** The text of the credentials file. */
  readonly users: string;
  readonly invitations: readonly StoredInvitation[];
}

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
 * Whether there is anything that only the server's present key opens: records in the text of the
 * credentials file, but for the one of `except`, or invitations.
 *
 * @throws {BitTrickleError} `usage`
 */
export async function needsOldKey(
  credentials: string,
  text: string,
  except?: string,
): Promise<boolean> {
  const isRecorded = usersIn(text).some(([user, secret]) => {
    return user !== except && isPresentRecord(secret);
  });
  return isRecorded || (await loadInvitations(credentials)).length > 0;
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
  edit: (files: AccountFiles) => AccountFiles,
  mayBegin = false,
  check: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  using _ = await lockCredentials(credentials);
  await check();
  const users = await readCredentials(credentials, mayBegin);
  const stored = await loadInvitations(credentials);
  const settled = settle(users, stored);
  if (settled !== stored) await writeInvitations(credentials, settled);
  const next = edit({ users, invitations: settled });
  const isNew = next.users !== users;
  if (isNew) await replaceAccountFile(credentials, realPathOf(credentials), next.users);
  if (next.invitations === settled) return;
  await writeInvitations(credentials, next.invitations).catch((error) => {
    if (!isNew) throw error;
  });
}

/** Marks those whose users exist. */
function settle(users: string, invitations: StoredInvitation[]): StoredInvitation[] {
  const names = new Set(usersIn(users).map(([name]) => name));
  const isOver = ({ state, user }: StoredInvitation) => state === "open" && names.has(user);
  if (!invitations.some(isOver)) return invitations;
  return invitations.map((it) => isOver(it) ? { ...it, state: "used" } : it);
}

async function writeInvitations(
  credentials: string,
  invitations: readonly StoredInvitation[],
): Promise<void> {
  const path = invitationsPathFor(credentials);
  await replaceAccountFile(credentials, path, formatInvitations(invitations));
}
