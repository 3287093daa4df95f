/**
 * What a file is like from outside: enough to notice that it has changed.
 *
 * @module
 */

import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";

/**
 * Size, times and number of a file. Whoever sets the time of a file back cannot set back when that
 * was done; and a file that takes the place of another has a number of its own.
 *
 * The disk is not told: its number may be another after each mount. Deno tells when a status changed
 * in whole seconds, so what is done to a file within the second of its last change can go unnoticed
 * if the other time is set back as well.
 */
export interface FileState {
  /** Bytes. */
  readonly size: number;
  /** When the content was last changed, as far as the file says, in nanoseconds since 1970. */
  readonly modified: bigint;
  /** When content, name, owner or times were last changed, in nanoseconds since 1970. */
  readonly changed: bigint;
  /** The file's number on its disk. */
  readonly inode: bigint;
}

/** What of a file's status is looked at. */
type Status = Pick<BigIntStats, "size" | "mtimeNs" | "ctimeNs" | "ino">;

/** What `file` is like now. */
export async function stateOf(file: FileHandle): Promise<FileState> {
  return stateFrom(await file.stat({ bigint: true }));
}

/** What a file with this status is like. */
export function stateFrom({ size, mtimeNs, ctimeNs, ino }: Status): FileState {
  return { size: Number(size), modified: mtimeNs, changed: ctimeNs, inode: ino };
}

/** Whether a file that was like `a` and is like `b` has not been changed in between. */
export function isSameState(a: FileState, b: FileState): boolean {
  return formatState(a) === formatState(b);
}

/** `state` as a text that is another one for any other state. */
export function formatState({ size, modified, changed, inode }: FileState): string {
  return [size, modified, changed, inode].join(" ");
}

const STATE = /^(\d+) (-?\d+) (-?\d+) (\d+)$/;

/** The state that {@linkcode formatState} wrote as `text`. */
export function parseState(text: string): FileState | undefined {
  const [, size, modified, changed, inode] = STATE.exec(text) ?? [];
  if (size === undefined) return undefined;
  return {
    size: Number(size),
    modified: BigInt(modified!),
    changed: BigInt(changed!),
    inode: BigInt(inode!),
  };
}
