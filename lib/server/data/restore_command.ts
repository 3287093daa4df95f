/**
 * `bittrickle-server data restore`: an index out of a backup.
 *
 * @module
 */

import { toStderr } from "../../cli/write.ts";
import { isThere } from "../../files/is_there.ts";
import { BitTrickleError } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { unpackBackup } from "../../store/backup_file.ts";
import { DataLock } from "../../store/data_lock.ts";
import { lockCredentials } from "../accounts/credentials_lock.ts";
import { assertNotInEtcd } from "../accounts/etcd_note.ts";
import type { BackupFlags } from "../flags/data_flags.ts";
import {
  assertApart,
  cannot,
  existsError,
  indexFilesOf,
  LOGS_OF_DATA,
  SMALL_FILES,
  unpackedPathOf,
  workingFilesOf,
} from "./index_files.ts";
import { restoreSteps } from "./restore_steps.ts";

/** What clients and invitations know of a server is where it was. */
const AFTER_RESTORE =
  "Clients come back by themselves to the address and port that the server had; at another, tell " +
  "users, and invite again who has not joined yet";

/** What may only be read by its owner. */
const PRIVATE = 0o600;

/**
 * Brings back what `backup` has saved. What is there is replaced only by `force`, and kept under another
 * name. Cut off, it is done again; until then no server uses the files.
 *
 * @throws {BitTrickleError} `exists`, `not_found`, `disk`, `usage`; what is there then is as it was
 */
export async function restore({ data, credentials, file, force }: BackupFlags): Promise<void> {
  await assertNotInEtcd(credentials); // No server would start with what is brought back.
  const files = await indexFilesOf(data, credentials);
  await assertApart(file, workingFilesOf(files), "the backup");
  using _data = DataLock.take(files.data);
  using _accounts = await lockCredentials(credentials);
  const targets = [files.data, ...files.small.values()];
  const present = await Promise.all(targets.map(isThere));
  const inTheWay = targets.filter((_, i) => present[i]);
  if (!force && inTheWay.length > 0) throw existsError(inTheWay);
  const unpacked = unpackedPathOf(files.data);
  try {
    await copyPrivately(file, unpacked);
    const saved = unpackBackup(unpacked, file, SMALL_FILES);
    const texts = new Map(saved.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)]));
    const ending = `.replaced-${new Date().toISOString().replaceAll(":", "-")}`;
    const { steps, undo, kept } = await restoreSteps({ files, unpacked, texts, ending });
    await runAll(steps, undo).catch((cause) => {
      throw cause instanceof BitTrickleError ? cause : cannot("write", files.data, cause);
    });
    toStderr(sayRestored(file, kept));
  } finally {
    await removeUnpacked(unpacked);
  }
}

async function runAll(
  steps: readonly (() => Promise<void>)[],
  undo: () => Promise<void>,
): Promise<void> {
  try {
    for (const step of steps) await step();
  } catch (cause) {
    await undo();
    throw cause;
  }
}

async function copyPrivately(from: string, to: string): Promise<void> {
  try {
    await removeUnpacked(to); // Of a restore that was cut off.
    using source = await Deno.open(from);
    using target = await Deno.open(to, { write: true, createNew: true, mode: PRIVATE });
    await source.readable.pipeTo(target.writable);
  } catch (cause) {
    throw cannot("copy", from, cause);
  }
}

/** With its logs: SQLite would play them into the next file of that name. */
async function removeUnpacked(path: string): Promise<void> {
  for (const end of ["", ...LOGS_OF_DATA]) await Deno.remove(path + end).catch(() => {});
}

function sayRestored(file: string, kept: readonly string[]): string {
  const names = kept.map((path) => `"${escapeText(path)}"`).join(", ");
  const old = kept.length === 0 ? "" : `What was there is now ${names}\n`;
  return `Restored from "${escapeText(file)}". ${AFTER_RESTORE}\n${old}`;
}
