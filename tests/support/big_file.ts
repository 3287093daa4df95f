/**
 * Large files, written and published.
 *
 * @module
 */

import { someBytes } from "./bytes.ts";
import type { ShellUser } from "./clients.ts";

/** Bytes of a MiB. */
export const MIB = 1_024 * 1_024;

const BLOCK_MIB = 8;

/** Writes `mib` MiB that repeat themselves nowhere. */
export async function writeBigFile(path: string, mib: number): Promise<void> {
  const block = someBytes(Math.min(mib, BLOCK_MIB) * MIB);
  const count = new DataView(block.buffer);
  using file = await Deno.open(path, { write: true, createNew: true });
  for (let i = 0; i < mib; i += BLOCK_MIB) {
    for (let at = 0; at < block.length; at += MIB) count.setUint32(at, i);
    for (let done = 0; done < block.length;) done += await file.write(block.subarray(done));
  }
}

/** Writes `mib` MiB into the folder of `user` and publishes them as `big`. */
export async function publishBigFile({ shell, folder }: ShellUser, mib: number): Promise<void> {
  await writeBigFile(`${folder}/big`, mib);
  await shell.ask("pub big", "File published successfully\n");
}
