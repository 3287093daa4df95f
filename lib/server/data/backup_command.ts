/**
 * `bittrickle-server data backup`: an index as one file.
 *
 * @module
 */

import { isThere } from "../../files/is_there.ts";
import { basename } from "@std/path";
import { toStderr } from "../../cli/write.ts";
import { putInPlace } from "../../files/put_in_place.ts";
import { escapeText } from "../../protocol/escape.ts";
import { type BackupFile, DataSnapshot } from "../../store/backup_file.ts";
import { lockCredentials } from "../accounts/credentials_lock.ts";
import { assertNotInEtcd } from "../accounts/etcd_note.ts";
import type { BackupFlags } from "../flags/data_flags.ts";
import {
  allNamesOf,
  assertApart,
  cannot,
  existsError,
  type IndexFiles,
  indexFilesOf,
} from "./index_files.ts";

/** What may only be read by its owner. */
const PRIVATE = 0o600;

const NOT_HERE = ": name it with --credentials, or begin in the folder of the server";

/**
 * Saves data, credentials, invitations and keys in one file, while a server runs or not.
 *
 * @throws {BitTrickleError} `exists`, `not_found`, `disk`, `usage` for a name that the index needs, or
 * if its users are in etcd
 */
export async function backUp({ data, credentials, file, force }: BackupFlags): Promise<void> {
  await assertNotInEtcd(credentials);
  const files = await indexFilesOf(data, credentials);
  await assertApart(file, allNamesOf(files), "the backup");
  if (!force && await isThere(file)) throw existsError([file]);
  const temporary = await Deno.makeTempFile(besides(file)).catch((cause) => {
    throw cannot("write", file, cause);
  });
  try {
    await Deno.chmod(temporary, PRIVATE).catch(() => {}); // Windows has no modes.
    const { small, data: snapshot } = await openIndex(data, credentials, files);
    using _ = snapshot;
    await snapshot.saveAt(temporary, file, small);
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

/** What belongs together: no restore comes between the data and the small files. */
async function openIndex(data: string, credentials: string, files: IndexFiles) {
  using _ = await lockCredentials(credentials);
  return { small: await smallFiles(files), data: new DataSnapshot(data) };
}

async function smallFiles({ small }: IndexFiles): Promise<BackupFile[]> {
  const files: BackupFile[] = [];
  for (const [name, path] of small) {
    const bytes = await Deno.readFile(path).catch((cause) => {
      if (name !== "" && cause instanceof Deno.errors.NotFound) return undefined;
      throw cannot("read", path, cause, NOT_HERE);
    });
    if (bytes) files.push({ name, bytes });
  }
  return files;
}

function besides(path: string): Deno.MakeTempOptions {
  const dir = path.slice(0, path.length - basename(path).length) || ".";
  return { dir, prefix: `.${basename(path)}-` };
}
