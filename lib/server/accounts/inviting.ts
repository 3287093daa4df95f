/**
 * Making invitations.
 *
 * @module
 */

import { ready } from "@serenity-kit/opaque";
import { randomBytes } from "node:crypto";
import { BitTrickleError } from "../../errors.ts";
import {
  type AccountStore,
  needsOldKey,
  readAll,
  type StoredAccounts,
} from "../../index/login/account_store.ts";
import { assertNewName, usersIn } from "../../index/login/credentials_text.ts";
import { revokeFor, type StoredInvitation } from "../../index/login/invitations.ts";
import { registerPassword } from "../../index/login/login_records.ts";
import type { Addresses } from "../../protocol/address.ts";
import { toBase64Url } from "../../protocol/base64url.ts";
import { escapeText } from "../../protocol/escape.ts";
import {
  type Invitation,
  INVITATION_NAME_BYTES,
  INVITATION_SECRET_BYTES,
  invitationName,
} from "../../protocol/invitation.ts";
import { invitationTime } from "./account_files.ts";
import { publicKeysOf } from "./server_key.ts";

/** How long an invitation that is over is remembered, so that its owner is told why, in seconds. */
const REMEMBERED_SECONDS = 90 * 86_400;

/** What a credentials file says that has no users yet. */
const NO_USERS = "# Users of this server. Who is invited is added when joining.\n";

/** How people are invited. */
export interface InvitationTerms {
  /** Where clients find the servers of the index. */
  readonly address: Addresses;
  /** How long the invitations are good for, in seconds. */
  readonly seconds: number;
  /** Names of a list, of which those who are users already are left out. */
  readonly listed?: ReadonlySet<string>;
}

/** What came of inviting. */
export interface Invited {
  readonly made: readonly Invitation[];
  /** Who was left out, being a user already. */
  readonly members: readonly string[];
  /** How many open invitations the new ones have revoked. */
  readonly revoked: number;
}

/**
 * Makes an invitation for each of `users`.
 *
 * @throws {BitTrickleError} `usage`, `exists` or `disk`
 */
export async function inviteUsers(
  store: AccountStore,
  users: readonly string[],
  { address, seconds, listed = new Set() }: InvitationTerms,
): Promise<Invited> {
  const setup = await keyFor(store);
  const expires = invitationTime() + seconds;
  const all = users.map((user) => newInvitation(setup, user, address, expires));
  const stored = all.map((invitation) => storedOf(setup, invitation));
  let [members, revoked] = [new Set<string>(), 0];
  await store.edit(
    (files) => {
      members = membersAmong(listed, files.users);
      const added = stored.filter(({ user }) => !members.has(user));
      if (added.length === 0) throw allAreUsers();
      revoked = countOpen(files.invitations, added);
      return withInvitations(files, added);
    },
    { mayBegin: true, setup },
  );
  return { made: all.filter(({ user }) => !members.has(user)), members: [...members], revoked };
}

/**
 * Revokes the open invitations for `users`, all or none.
 *
 * @throws {BitTrickleError} `not_found` if one has none, `usage` or `disk`
 */
export async function revokeInvitations(
  store: AccountStore,
  users: readonly string[],
): Promise<void> {
  await store.edit((files) => {
    return { ...files, invitations: users.reduce(revokeOne, files.invitations) };
  });
}

function revokeOne(
  invitations: readonly StoredInvitation[],
  user: string,
): readonly StoredInvitation[] {
  const left = revokeFor(user, invitations);
  if (left !== invitations) return left;
  const message = `There is no open invitation for "${escapeText(user)}": see invite --list`;
  throw new BitTrickleError("not_found", message);
}

function membersAmong(listed: ReadonlySet<string>, text: string): Set<string> {
  return new Set(usersIn(text).map(([user]) => user).filter((user) => listed.has(user)));
}

function countOpen(
  invitations: readonly StoredInvitation[],
  added: readonly StoredInvitation[],
): number {
  const names = new Set(added.map(({ user }) => user));
  const time = invitationTime();
  return invitations.filter(({ state, user, expires }) => {
    return state === "open" && time <= expires && names.has(user);
  }).length;
}

function allAreUsers(): BitTrickleError {
  const message = "All of these are users already: there is nobody to invite";
  return new BitTrickleError("exists", message);
}

/** Only the key of the records that are there is of any use to those who join. */
async function keyFor(store: AccountStore): Promise<string> {
  const isNeeded = needsOldKey(await readAll(store));
  await ready;
  return await store.loadKey(!isNeeded);
}

function newInvitation(
  setup: string,
  user: string,
  address: Addresses,
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
  { users, invitations }: StoredAccounts,
  added: readonly StoredInvitation[],
): StoredAccounts {
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
