/**
 * `bittrickle-server data backup` and `restore`: an index as one file, and back.
 *
 * @module
 */

import { basename } from "@std/path";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { putInPlace } from "../../files/put_in_place.ts";
import { realPathOf } from "../../files/real_path.ts";
import { replaceFile } from "../../files/replace_file.ts";
import { escapeText } from "../../protocol/escape.ts";
import { type BackupFile, unpackBackup, writeBackup } from "../../store/backup_file.ts";
import { DataLock } from "../../store/data_lock.ts";
import { toStderr } from "../../cli/write.ts";
import { lockCredentials } from "../accounts/credentials_lock.ts";
import type { BackupFlags } from "../flags/data_flags.ts";

/** What stands beside the credentials, by the end of its name; the first has to be there. */
const SMALL_FILES = ["", ".key", ".invitations", ".admin"] as const;

/** What may only be read by its owner. */
const PRIVATE = 0o600;

/**
 * Saves data, credentials, invitations and keys in one file, while a server runs or not.
 *
 * @throws {BitTrickleError} `exists`, `not_found`, `disk`
 */
export async function backUp({ data, credentials, file, force }: BackupFlags): Promise<void> {
  if (!force && await isThere(file)) throw existsError([file]);
  const temporary = await Deno.makeTempFile(besides(file)).catch((cause) => {
    throw cannot("write", file, cause);
  });
  try {
    await Deno.chmod(temporary, PRIVATE).catch(() => {}); // Windows has no modes.
    await writeBackup(data, temporary, await smallFiles(credentials));
    await putInPlace(temporary, file, force).catch((cause) => {
      throw cause instanceof Deno.errors.AlreadyExists
        ? existsError([file])
        : cannot("write", file, cause);
    });
  } finally {
    await Deno.remove(temporary).catch(() => {}); // It is there only if something went wrong.
  }
  toStderr(`Saved in "${escapeText(file)}". It holds the keys and passwords: keep it as secret\n`);
}

/**
 * Brings back what {@linkcode backUp} has saved. What is there is replaced only by `force`, and kept
 * under another name.
 *
 * @throws {BitTrickleError} `exists`, `not_found`, `disk`; what is there then is as it was
 */
export async function restore({ data, credentials, file, force }: BackupFlags): Promise<void> {
  using _data = DataLock.take(data);
  using _accounts = await lockCredentials(credentials);
  const accounts = await realPathOf(credentials);
  const targets = [data, ...SMALL_FILES.map((end) => `${accounts}${end}`)];
  const present = await Promise.all(targets.map(isThere));
  const inTheWay = targets.filter((_, i) => present[i]);
  if (!force && inTheWay.length > 0) throw existsError(inTheWay);
  const temporary = `${data}.restoring`;
  try {
    await copyPrivately(file, temporary);
    const files = unpackBackup(temporary, file);
    const kept = await replaceAll(inTheWay, data, async () => {
      for (const { name, bytes } of files) {
        await replaceFile(`${accounts}${name}`, new TextDecoder().decode(bytes));
      }
      await putInPlace(temporary, data, false);
    });
    toStderr(sayRestored(file, kept));
  } finally {
    await Deno.remove(temporary).catch(() => {});
  }
}

async function smallFiles(credentials: string): Promise<BackupFile[]> {
  using _ = await lockCredentials(credentials);
  const path = await realPathOf(credentials);
  const files: BackupFile[] = [];
  for (const name of SMALL_FILES) {
    const bytes = await Deno.readFile(`${path}${name}`).catch((cause) => {
      if (name !== "" && cause instanceof Deno.errors.NotFound) return undefined;
      throw cannot("read", `${path}${name}`, cause);
    });
    if (bytes) files.push({ name, bytes });
  }
  return files;
}

async function copyPrivately(from: string, to: string): Promise<void> {
  try {
    await Deno.remove(to).catch(() => {}); // Of a restore that was cut off.
    using source = await Deno.open(from);
    using target = await Deno.open(to, { write: true, createNew: true, mode: PRIVATE });
    await source.readable.pipeTo(target.writable);
  } catch (cause) {
    throw cannot("copy", from, cause);
  }
}

/**
 * Renames `paths`, and what SQLite keeps beside a data file, and runs `write`; if that fails, all of
 * them are back. Returns the new names.
 */
async function replaceAll(
  paths: readonly string[],
  data: string,
  write: () => Promise<void>,
): Promise<string[]> {
  const mark = `.replaced-${new Date().toISOString().replaceAll(":", "-")}`;
  const moves = paths.map((path) => [path, path + mark] as const);
  // The log of a data file belongs to it, by its name.
  for (const end of ["-wal", "-shm"]) {
    if (await isThere(data + end)) moves.push([data + end, data + mark + end]);
  }
  const done: (readonly [from: string, to: string])[] = [];
  try {
    for (const move of moves) {
      await Deno.rename(...move);
      done.push(move);
    }
    await write();
    return moves.map(([, to]) => to);
  } catch (cause) {
    for (const [from, to] of done) await Deno.rename(to, from);
    throw cause instanceof BitTrickleError ? cause : cannot("write", data, cause);
  }
}

function sayRestored(file: string, kept: readonly string[]): string {
  const names = kept.map((path) => `"${escapeText(path)}"`).join(", ");
  const old = kept.length === 0 ? "" : `What was there is now ${names}\n`;
  return `Restored from "${escapeText(file)}". Clients come back by themselves\n${old}`;
}

function isThere(path: string): Promise<boolean> {
  return Deno.lstat(path).then(() => true, () => false);
}

function besides(path: string): Deno.MakeTempOptions {
  const dir = path.slice(0, path.length - basename(path).length) || ".";
  return { dir, prefix: `.${basename(path)}-` };
}

function existsError(paths: readonly string[]): BitTrickleError {
  const names = paths.map((path) => `"${escapeText(path)}"`).join(", ");
  const message = `${names} exists already: move it away, or replace it with --force`;
  return new BitTrickleError("exists", message);
}

function cannot(what: string, path: string, cause: unknown): BitTrickleError {
  if (cause instanceof Deno.errors.NotFound) {
    const message = `There is no file "${escapeText(path)}"`;
    return new BitTrickleError("not_found", message, { cause });
  }
  const message = `Cannot ${what} "${escapeText(path)}": ${escapeText(reasonOf(cause))}`;
  return new BitTrickleError("disk", message, { cause });
}
