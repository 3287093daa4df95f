/**
 * The note beside a credentials file that says that its users are in etcd: the file does not count any more, and
 * a command that changed or saved it would do nothing that a client ever notices.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { isThere } from "../../files/is_there.ts";
import { realPathOf } from "../../files/real_path.ts";
import { createFile } from "../../files/replace_file.ts";
import { readText } from "../../files/text_file.ts";
import { escapeText } from "../../protocol/escape.ts";

/** How the name of the note goes on after that of the credentials. */
export const NOTE_END = ".in-etcd";

/**
 * Makes sure that the files of the server with these credentials count.
 *
 * @throws {BitTrickleError} `usage` if its users are in etcd
 */
export async function assertNotInEtcd(credentials: string): Promise<void> {
  const since = await noteOf(credentials);
  if (since === undefined) return;
  throw new BitTrickleError(
    "usage",
    `The users of ${nameOf(credentials)} are in etcd${since}: give the flags of the fleet, or ` +
      `delete ${await noteName(credentials)} to use these files again`,
  );
}

/**
 * Makes sure that an etcd with nothing in it may begin with these credentials: those that went to etcd once may
 * be old, and have users who are disabled since.
 *
 * @throws {BitTrickleError} `usage` if they went there
 */
export async function assertMayBegin(credentials: string): Promise<void> {
  const since = await noteOf(credentials);
  if (since === undefined || !await isThere(credentials)) return;
  throw new BitTrickleError(
    "usage",
    `The users of ${nameOf(credentials)} are in etcd${since}, but this etcd has none: restore ` +
      `its snapshot, name other files with --credentials, or delete ${await noteName(
        credentials,
      )} ` +
      `to begin with these again`,
  );
}

/** Whether there is a note beside these credentials. */
export async function hasNote(credentials: string): Promise<boolean> {
  return await noteOf(credentials) !== undefined;
}

/**
 * Leaves the note beside these credentials, which need not be there. One that is there stays as it is.
 *
 * @throws whatever the system says
 */
export async function leaveNote(credentials: string): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const text =
    `Since ${day} the users, invitations and server key of ${nameOf(credentials)} are in etcd.\n` +
    `The files here do not count while this one is there. Delete it to use them again.\n`;
  await createFile(await notePathFor(credentials), text).catch((error) => {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  });
}

/**
 * Takes the note away, if there is one: these credentials count again.
 *
 * @throws whatever the system says
 */
export async function removeNote(credentials: string): Promise<void> {
  await Deno.remove(await notePathFor(credentials)).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

/** Where the note of a server with these credentials is. */
async function notePathFor(credentials: string): Promise<string> {
  return `${await realPathOf(credentials)}${NOTE_END}`;
}

/** Since when the users are in etcd, for a message: empty if the note does not say; nothing if there is none. */
async function noteOf(credentials: string): Promise<string | undefined> {
  const text = await readText(await notePathFor(credentials)).catch((error) => {
    return error instanceof Deno.errors.NotFound ? undefined : ""; // One that is unreadable is there.
  });
  if (text === undefined) return undefined;
  const day = /\d{4}-\d\d-\d\d/.exec(text.slice(0, 200))?.[0];
  return day === undefined ? "" : ` since ${day}`;
}

function nameOf(path: string): string {
  return `"${escapeText(path)}"`;
}

/** How a message calls the note, which is not beside a link, but beside where that leads. */
async function noteName(credentials: string): Promise<string> {
  const isLink = await Deno.readLink(credentials).then(() => true, () => false);
  return nameOf(isLink ? await notePathFor(credentials) : `${credentials}${NOTE_END}`);
}
