/**
 * `bittrickle-server invite …`: who may become a user.
 *
 * @module
 */

import { ready } from "@serenity-kit/opaque";
import { randomBytes } from "node:crypto";
import { toStderr, toStdout } from "../../cli/write.ts";
import { BitTrickleError } from "../../errors.ts";
import { assertNewName, usersIn } from "../../index/login/credentials_text.ts";
import {
  invitationFault,
  revokeFor,
  type StoredInvitation,
} from "../../index/login/invitations.ts";
import { registerPassword } from "../../index/login/login_records.ts";
import { toBase64Url } from "../../protocol/base64url.ts";
import { escapeText } from "../../protocol/escape.ts";
import {
  formatInvitation,
  type Invitation,
  INVITATION_NAME_BYTES,
  INVITATION_SECRET_BYTES,
  invitationName,
} from "../../protocol/invitation.ts";
import {
  type AccountFiles,
  editAccounts,
  invitationTime,
  loadInvitations,
  needsOldKey,
} from "./account_files.ts";
import { readCredentials } from "./credentials_file.ts";
import { invitationPage } from "./invitation_page.ts";
import type { InviteFlags, NewInvitations } from "../flags/invite_flags.ts";
import { readNames } from "./name_list.ts";
import { loadServerKey, publicKeysOf } from "./server_key.ts";

/** How long an invitation that is over is remembered, so that its owner is told why, in seconds. */
const REMEMBERED_SECONDS = 90 * 86_400;

/** What a credentials file says that has no users yet. */
const NO_USERS = "# Users of this server. Who is invited is added when joining.\n";

/**
 * Does what `flags` say with the invitations.
 *
 * @throws {BitTrickleError} `usage`, `exists`, `not_found` or `disk`
 */
export async function runInviteCommand(flags: InviteFlags): Promise<void> {
  switch (flags.task) {
    case "invite":
      return await invite(flags, flags.credentials);
    case "list":
      return await list(flags.credentials);
    case "revoke":
      return await revoke(flags.names, flags.credentials);
  }
}

async function invite(flags: NewInvitations, credentials: string): Promise<void> {
  const listed = flags.file === undefined ? [] : await readNames(flags.file);
  const users = [...new Set([...flags.names, ...listed.map(({ name }) => name)])];
  const setup = await keyFor(credentials);
  const expires = invitationTime() + flags.seconds;
  const made = users.map((user) => newInvitation(setup, user, flags, expires));
  const stored = made.map((invitation) => storedOf(setup, invitation));
  await editAccounts(credentials, (files) => withInvitations(files, stored), true);
  const lines = made.map((invitation) => `${formatInvitation(invitation)}\n`).join("");
  toStdout(flags.isPage ? await invitationPage(made) : lines);
  const count = users.length === 1 ? escapeText(users[0]!) : `${users.length} people`;
  toStderr(`${count} may join until ${formatTime(expires)}\n`);
}

/** Only the key of the records that are there is of any use to those who join. */
async function keyFor(credentials: string): Promise<string> {
  const text = await readCredentials(credentials, true);
  const isNeeded = await needsOldKey(credentials, text);

  await ready;
  return await loadServerKey(credentials, !isNeeded);
}

function newInvitation(
  setup: string,
  user: string,
  { address }: NewInvitations,
  expires: number,
): Invitation {
  return {
    index: address,
    user,
    ...publicKeysOf(setup),
    name: invitationName(randomBytes(INVITATION_NAME_BYTES)),
    secret: toBase64Url(randomBytes(INVITATION_SECRET_BYTES)),
    expires,
  };
}

/** A random secret of that length gains nothing by stretching. */
function storedOf(setup: string, { name, user, secret, expires }: Invitation): StoredInvitation {
  const record = registerPassword(setup, name, secret, "light");
  return { name, user, expires, state: "open", record };
}

/** An earlier invitation of the same user is revoked: whoever sends another means that one. */
function withInvitations(
  { users, invitations }: AccountFiles,
  added: readonly StoredInvitation[],
): AccountFiles {
  for (const { user } of added) assertNewName(users, user);
  const earlier = added.reduce(
    (kept, { user }) => revokeFor(user, kept),
    remembered(invitations),
  );
  return { users: users === "" ? NO_USERS : users, invitations: [...earlier, ...added] };
}

function remembered(invitations: readonly StoredInvitation[]): readonly StoredInvitation[] {
  const time = invitationTime();
  return invitations.filter(({ expires }) => time - expires <= REMEMBERED_SECONDS);
}

async function list(credentials: string): Promise<void> {
  const users = new Map(usersIn(await readCredentials(credentials, true)));
  const time = invitationTime();
  const lines = (await loadInvitations(credentials)).map((invitation) => {
    const { user, state, expires } = invitation;
    const isOver = state === "open" && invitationFault(invitation, users, time) !== undefined;
    const what = isOver ? time > expires ? "expired" : "used" : state;
    return `${escapeText(user)}  ${what}${
      what === "open" ? ` until ${formatTime(expires)}` : ""
    }\n`;
  });
  toStdout(lines.join(""));
}

async function revoke(names: readonly string[], credentials: string): Promise<void> {
  await editAccounts(credentials, ({ users, invitations }) => {
    return { users, invitations: names.reduce((kept, name) => revokeOne(name, kept), invitations) };
  });
  toStderr(`Revoked: ${names.map(escapeText).join(", ")}\n`);
}

function revokeOne(name: string, invitations: readonly StoredInvitation[]) {
  const left = revokeFor(name, invitations);
  if (left !== invitations) return left;
  const message = `There is no open invitation for "${escapeText(name)}": see invite --list`;
  throw new BitTrickleError("not_found", message);
}

function formatTime(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
