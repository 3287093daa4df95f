/**
 * What becomes of the accounts in files when their server joins a fleet.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import type { EtcdAccounts } from "../../fleet/etcd_accounts.ts";
import type { AccountStore } from "../../index/login/account_store.ts";
import { usersIn } from "../../index/login/credentials_text.ts";
import { assertMayBegin, hasNote } from "./etcd_note.ts";
import { FileAccounts } from "./file_accounts.ts";

/**
 * Has an etcd with nothing in it begin with the accounts in files, if there are any.
 *
 * @returns what to warn of, if anything
 * @throws {BitTrickleError} `usage`, also if these files went to etcd before; or `disk`
 */
export async function takeOver(
  etcd: EtcdAccounts,
  credentials: string,
): Promise<string | undefined> {
  if (!await etcd.isEmpty()) return await leftBehindWarning(etcd, credentials);
  await assertMayBegin(credentials);
  const files = new FileAccounts(credentials);
  // Another server may be quicker.
  if (!await etcd.begin(files)) return await leftBehindWarning(etcd, credentials);
  return `users, invitations and key of ${files.name} are in etcd now, and no more read from the files`;
}

/**
 * What to warn of if files have what `etcd` does not have, and there is no note yet that they do not count.
 *
 * @throws {BitTrickleError} of `etcd`
 */
export async function leftBehindWarning(
  etcd: AccountStore,
  credentials: string,
): Promise<string | undefined> {
  if (await hasNote(credentials)) return undefined;
  const files = new FileAccounts(credentials);
  const kept = await keptBy(etcd);
  // What nobody needs any more may be damaged.
  const left = await keptBy(files).catch((error: BitTrickleError) => error);
  if (left instanceof BitTrickleError) return left.message;
  const there = new Map(kept.users);
  const users = left.users.filter(([user, secret]) => there.get(user) !== secret).length;
  const what = [
    ...users > 0 ? [`${count(users)} not in etcd or changed there`] : [],
    ...left.key !== undefined && left.key !== kept.key ? ["another server key than etcd"] : [],
  ].join(", and ");
  if (what === "") return undefined;
  return `${files.name} has ${what}. The users and the key in etcd count, not those of the files`;
}

async function keptBy(store: AccountStore) {
  return { users: usersIn(await store.users(true)), key: await store.key(false) };
}

function count(users: number): string {
  return users === 1 ? "1 user" : `${users} users`;
}
