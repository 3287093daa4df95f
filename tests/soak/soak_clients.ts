/**
 * The clients of a trial, each on a host of its own, with files to share.
 *
 * @module
 */

import type { NamespacedNetwork } from "../support/namespaced_network.ts";
import { Downloader, type KnownFile } from "./downloader.ts";
import { type SharedFile, writeSharedFile } from "./shared_files.ts";

/** What each client can send, in megabits a second. */
const UPLINK_MEGABITS = 20;

/** The clients of a trial and what they share. */
export interface SoakClients {
  readonly downloaders: readonly Downloader[];
  readonly files: readonly KnownFile[];
}

/** The name of the user whose client has the number `client`. */
export function userOf(client: number): string {
  return `user-${client}`;
}

/** Starts `count` clients, and publishes `files`. */
export async function startClients(
  network: NamespacedNetwork,
  count: number,
  files: readonly SharedFile[],
): Promise<SoakClients> {
  const downloaders: Downloader[] = [];
  for (let client = 0; client < count; client++) {
    const options = { args: ["--json"], answer: `"verb":"lap"` };
    const member = await network.join(userOf(client), options);
    await member.host.limit(UPLINK_MEGABITS);
    downloaders.push(new Downloader(client, member));
  }
  const folderOf = (client: number) => downloaders[client]!.member.folder;
  const known: KnownFile[] = [];
  for (const file of files) {
    known.push({ ...file, sha256: await writeSharedFile(file, folderOf) });
  }
  await Promise.all(downloaders.map((downloader) => {
    const own = files.filter(({ owners }) => owners.includes(downloader.number));
    return downloader.publish(own.map(({ name }) => name));
  }));
  return { downloaders, files: known };
}
