/**
 * Standard output and standard error as the system has set them up.
 *
 * @module
 */

import { fstatSync, type Stats } from "node:fs";
import { type ByteStream, WriteQueue } from "./write_queue.ts";

/** A standard stream, and how it takes what is written. */
export interface StandardStream {
  readonly file: ByteStream & { writeSync(bytes: Uint8Array): number };
  readonly queue: WriteQueue;
  /** Whether a write may last as long as somebody who reads wants. */
  readonly mayWait: boolean;
}

/** Both standard streams. Where they lead to the same place, what is written stays in order. */
export function openStandardStreams(): { out: StandardStream; err: StandardStream } {
  const [out, err] = [statOf(1), statOf(2)];
  const outQueue = new WriteQueue();
  const errQueue = isSame(out, err) ? outQueue : new WriteQueue();
  return {
    out: { file: Deno.stdout, queue: outQueue, mayWait: Deno.stdout.isTerminal() || mayWait(out) },
    err: { file: Deno.stderr, queue: errQueue, mayWait: Deno.stderr.isTerminal() || mayWait(err) },
  };
}

/** What the system knows of a descriptor; nothing of a closed one, and of pipes on some systems. */
function statOf(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor);
  } catch {
    return undefined;
  }
}

function isSame(one: Stats | undefined, other: Stats | undefined): boolean {
  if (!one || !other) return one === other;
  return one.dev === other.dev && one.ino === other.ino;
}

/** Files and devices such as `/dev/null` take everything; pipes and sockets are read by somebody. */
function mayWait(stat: Stats | undefined): boolean {
  return !stat || !stat.isFile() && !stat.isCharacterDevice();
}
