/**
 * How much room the data file takes, and how much there is left.
 *
 * @module
 */

import { statfs } from "node:fs/promises";
import { dirname } from "@std/path";

/** What belongs to a data file: what was written last is in its log. */
const ENDINGS = ["", "-wal"];

/** Bytes, as they were when the disk was asked last: a slow disk holds nobody up. */
export class DiskUsage {
  readonly #path: string | undefined;
  dataBytes = 0;
  /** Nothing if the system does not tell. */
  freeBytes: number | undefined;

  /** @param path The data file, if there is one. */
  constructor(path: string | undefined) {
    this.#path = path;
  }

  /** Asks the disk. */
  async refresh(): Promise<void> {
    if (this.#path === undefined) return;
    const path = this.#path;
    const sizes = await Promise.all(ENDINGS.map((ending) => sizeOf(path + ending)));
    this.dataBytes = sizes.reduce((sum, size) => sum + size, 0);
    this.freeBytes = await freeBytesAt(dirname(path));
  }
}

function sizeOf(path: string): Promise<number> {
  return Deno.stat(path).then(({ size }) => size, () => 0);
}

async function freeBytesAt(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
