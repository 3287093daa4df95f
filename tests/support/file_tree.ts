/**
 * Trees of many small files.
 *
 * @module
 */

import { walk } from "@std/fs/walk";
import { dirname, join, relative } from "@std/path";
import { someBytes } from "./bytes.ts";

const FILES_PER_FOLDER = 100;

/** Writes `count` files of `bytes` each below `root`, in folders and folders of folders. */
export async function writeTree(root: string, count: number, bytes: number): Promise<void> {
  const content = someBytes(bytes);
  const number = new DataView(content.buffer);
  for (let i = 0; i < count; i++) {
    const folder = Math.floor(i / FILES_PER_FOLDER);
    const path = join(root, `part ${folder % 10}`, `unit${folder}`, `file-${i}.bin`);
    if (i % FILES_PER_FOLDER === 0) await Deno.mkdir(dirname(path), { recursive: true });
    number.setUint32(0, i);
    await Deno.writeFile(path, content);
  }
}

/** Every file below `root`, its path in it, and its content as text that can be compared. */
export async function readTree(root: string): Promise<Map<string, string>> {
  const tree = new Map<string, string>();
  for await (const { path } of walk(root, { includeDirs: false })) {
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
    tree.set(relative(root, path), new Uint8Array(digest).toHex());
  }
  return new Map([...tree].sort());
}
