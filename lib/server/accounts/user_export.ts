/**
 * `bittrickle-server user export`: users, invitations and the server's key as files again.
 *
 * @module
 */

import { toStderr } from "../../cli/write.ts";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { isThere } from "../../files/is_there.ts";
import { createFile } from "../../files/replace_file.ts";
import { type AccountStore, needsOldKey } from "../../index/login/account_store.ts";
import { Accounts } from "../../index/login/accounts.ts";
import { formatInvitations } from "../../index/login/invitations.ts";
import { escapeText } from "../../protocol/escape.ts";
import { invitationsPathFor } from "./account_files.ts";
import { removeNote } from "./etcd_note.ts";
import { keyPathFor } from "./server_key.ts";

/**
 * Writes all that `store` has into a credentials file at `path` and those beside it, which a server may
 * be started with. They are their owner's alone; nothing is replaced, and of a fault nothing is left. If a note
 * there says that the users are in etcd, it is taken away.
 *
 * @throws {BitTrickleError} `exists`, `disk`, `usage` if there are no users
 */
export async function exportAccounts(path: string, store: AccountStore): Promise<void> {
  // In this order: an invitation that is used up meanwhile is of no use to a user who is there.
  const invitations = await store.invitations();
  const users = await store.users();
  const key = await store.key(needsOldKey({ users, invitations }));
  const files = [
    ...key === undefined ? [] : [[keyPathFor(path), `${key}\n`] as const],
    [await invitationsPathFor(path), formatInvitations(invitations)] as const,
    [path, users] as const, // With this one it is an index.
  ];
  for (const [path] of files) if (await isThere(path)) throw existsAlready(path);
  await createAll(files);
  await removeNote(path).catch((cause) => {
    throw cannotMake(path, cause);
  });
  const { size } = Accounts.parse(users);
  toStderr(
    `Users in "${escapeText(path)}": ${size}; invitations beside it: ${invitations.length}; ` +
      `server key: ${key === undefined ? "none" : "there"}. They are as secret as the passwords\n`,
  );
}

async function createAll(files: readonly (readonly [path: string, text: string])[]): Promise<void> {
  const made: string[] = [];
  try {
    for (const [path, text] of files) {
      await createFile(path, text).catch((cause) => {
        throw cannotMake(path, cause);
      });
      made.push(path);
    }
  } catch (error) {
    for (const path of made) await Deno.remove(path).catch(() => {});
    throw error;
  }
}

function cannotMake(path: string, cause: unknown): BitTrickleError {
  if (cause instanceof Deno.errors.AlreadyExists) return existsAlready(path);
  const reason = escapeText(reasonOf(cause));
  return new BitTrickleError("disk", `Cannot write "${escapeText(path)}": ${reason}`, { cause });
}

function existsAlready(path: string): BitTrickleError {
  const message = `There is a file "${escapeText(path)}" already: give another name`;
  return new BitTrickleError("exists", message);
}
