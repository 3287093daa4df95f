/**
 * Whether a person means a folder or a file.
 *
 * @module
 */

import { findOnDisk } from "./find_on_disk.ts";
import { ROOT } from "./typed_name.ts";
import { nameIn } from "./typed_name.ts";

/** Whether `typed` is a folder in the folder `shared`, or that itself. */
export async function isFolder(shared: string, typed: string): Promise<boolean> {
  const name = nameIn(shared, typed);
  if (name === ROOT || name === "") return name === ROOT;
  const found = await findOnDisk(shared, name).catch(() => undefined);
  return found?.status.isDirectory() ?? false;
}
