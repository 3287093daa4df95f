/**
 * The files of an index, by their names.
 *
 * @module
 */

import { basename, dirname, join } from "@std/path";
import { BitTrickleError, reasonOf } from "../../errors.ts";
import { realPathOf } from "../../files/real_path.ts";
import { NOTE_END } from "../accounts/etcd_note.ts";
import { escapeText } from "../../protocol/escape.ts";
import { restoreMarkOf } from "../../store/restore_mark.ts";

/** What stands beside the credentials, by the end of its name; the first has to be there. */
export const SMALL_FILES: readonly string[] = ["", ".key", ".invitations", ".admin"];

/** What SQLite keeps beside a data file, by the end of its name. */
export const LOGS_OF_DATA: readonly string[] = ["-wal", "-journal", "-shm"];

/** Where the files of one index are, whatever links lead there. */
export interface IndexFiles {
  readonly data: string;
  /** By the ends of their names, as in {@linkcode SMALL_FILES}. */
  readonly small: ReadonlyMap<string, string>;
  /** The names of these files, which may be links. */
  readonly names: readonly string[];
}

/** Finds the files of the index with this data and these credentials. They may be yet to be made. */
export async function indexFilesOf(data: string, credentials: string): Promise<IndexFiles> {
  const accounts = await realPathOf(credentials);
  const named = SMALL_FILES.map((end) => [end, `${accounts}${end}`] as const);
  const small = named.map(async ([end, name]) => [end, await realPathOf(name)] as const);
  const names = [data, credentials, ...named.map(([, name]) => name)].map(inRealFolder);
  return {
    data: await realPathOf(data),
    small: new Map(await Promise.all(small)),
    names: await Promise.all(names),
  };
}

/** Where a restore makes the data file out of the backup. */
export function unpackedPathOf(data: string): string {
  return `${data}.unpacking`;
}

/** What an index and its commands write and remove as they need, and nobody else may keep there. */
export function workingFilesOf({ data, small }: IndexFiles): string[] {
  const ofData = [...LOGS_OF_DATA, "-lock", ".sock"].map((end) => `${data}${end}`);
  const ofSmall = [...small.values()].flatMap((path) => [`${path}-lock`, `${path}.new`]);
  return [
    ...ofData,
    ...ofSmall,
    `${small.get("")}${NOTE_END}`,
    restoreMarkOf(data),
    unpackedPathOf(data),
  ];
}

/** All names that an index has for itself. */
export function allNamesOf(files: IndexFiles): string[] {
  return [...files.names, files.data, ...files.small.values(), ...workingFilesOf(files)];
}

/**
 * Makes sure that `file`, which is to become `what`, is none of `paths`, by its own name or by where
 * that leads.
 *
 * @throws {BitTrickleError} `usage`
 */
export async function assertApart(
  file: string,
  paths: readonly string[],
  what: string,
): Promise<void> {
  const names = [await inRealFolder(file), await realPathOf(file)];
  if (!names.some((name) => paths.includes(name))) return;
  const message = `"${escapeText(file)}" is a file of the index itself: give ${what} another name`;
  throw new BitTrickleError("usage", message);
}

/** The name `path`, which may be that of a link, in its folder, which is none. */
async function inRealFolder(path: string): Promise<string> {
  const folder = dirname(path);
  return join(await Deno.realPath(folder).catch(() => folder), basename(path));
}

/** The error of files that are in the way. */
export function existsError(paths: readonly string[]): BitTrickleError {
  const names = paths.map((path) => `"${escapeText(path)}"`).join(", ");
  const message = `${names} exists already: move it away, or replace it with --force`;
  return new BitTrickleError("exists", message);
}

/**
 * The error of a file with which something cannot be done.
 *
 * @param cure What to do if the file is not there
 */
export function cannot(what: string, path: string, cause: unknown, cure = ""): BitTrickleError {
  if (cause instanceof Deno.errors.NotFound) {
    const message = `There is no file "${escapeText(path)}"${cure}`;
    return new BitTrickleError("not_found", message, { cause });
  }
  const message = `Cannot ${what} "${escapeText(path)}": ${escapeText(reasonOf(cause))}`;
  return new BitTrickleError("disk", message, { cause });
}
