/**
 * `bittrickle-server invite …`: who may become a user.
 *
 * @module
 */

import { toStderr, toStdout } from "../../cli/write.ts";
import { type AccountStore, readAll } from "../../index/login/account_store.ts";
import { usersIn } from "../../index/login/credentials_text.ts";
import { invitationFault } from "../../index/login/invitations.ts";
import { escapeText } from "../../protocol/escape.ts";
import { formatInvitation } from "../../protocol/invitation.ts";
import { invitationTime } from "./account_files.ts";
import { withAccounts } from "./with_accounts.ts";
import { invitationPage } from "./invitation_page.ts";
import { type Invited, inviteUsers, revokeInvitations } from "./inviting.ts";
import type { InviteFlags, NewInvitations } from "../flags/invite_flags.ts";
import { readNames } from "./name_list.ts";

/** Most names in a line that is to be read. */
const MOST_NAMES = 40;

/**
 * Does what `flags` say with the invitations.
 *
 * @throws {BitTrickleError} `usage`, `exists`, `not_found` or `disk`
 */
export async function runInviteCommand(flags: InviteFlags): Promise<void> {
  await withAccounts(flags, (store) => run(flags, store));
}

async function run(flags: InviteFlags, store: AccountStore): Promise<void> {
  switch (flags.task) {
    case "invite":
      return await invite(flags, store);
    case "list":
      return await list(store);
    case "revoke":
      return await revoke(flags.names, store);
  }
}

async function invite(flags: NewInvitations, store: AccountStore): Promise<void> {
  const listed = flags.file === undefined ? [] : await readNames(flags.file);
  const users = [...new Set([...flags.names, ...listed.map(({ name }) => name)])];
  const invited = await inviteUsers(store, users, {
    ...flags,
    listed: new Set(listed.map(({ name }) => name).filter((name) => !flags.names.includes(name))),
  });
  const { made } = invited;
  const lines = made.map((invitation) => `${formatInvitation(invitation)}\n`).join("");
  toStdout(flags.isPage ? await invitationPage(made) : lines);
  toStderr(sayInvited(invited, invitationTime() + flags.seconds));
}

function sayInvited({ made, members, revoked }: Invited, expires: number): string {
  const who = made.length === 1 ? escapeText(made[0]!.user) : `${made.length} people`;
  const lines = [`${who} may join until ${formatTime(expires)}`];
  if (members.length > 0) lines.push(`Not invited, being users already: ${sayNames(members)}`);
  if (revoked > 0) lines.push(`Earlier invitations that are revoked by these: ${revoked}`);
  return lines.map((line) => `${line}\n`).join("");
}

function sayNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  const shown = names.slice(0, MOST_NAMES).map(escapeText).join(", ");
  return more > 0 ? `${shown} … and ${more} more` : shown;
}

async function list(store: AccountStore): Promise<void> {
  const stored = await readAll(store);
  const users = new Map(usersIn(stored.users));
  const time = invitationTime();
  const lines = stored.invitations.map((invitation) => {
    const { user, state, expires } = invitation;
    const isOver = state === "open" && invitationFault(invitation, users, time) !== undefined;
    const what = isOver ? time > expires ? "expired" : "used" : state;
    return `${escapeText(user)}  ${what}${
      what === "open" ? ` until ${formatTime(expires)}` : ""
    }\n`;
  });
  toStdout(lines.join(""));
  if (lines.length === 0) toStderr("Nobody is invited\n");
}

async function revoke(names: readonly string[], store: AccountStore): Promise<void> {
  await revokeInvitations(store, names);
  toStderr(`Revoked: ${names.map(escapeText).join(", ")}\n`);
}

function formatTime(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
