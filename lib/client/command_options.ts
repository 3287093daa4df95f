/**
 * How a command goes.
 *
 * @module
 */

import type { PeerGetOptions } from "../peer/peer_options.ts";
import type { JobTable } from "./job.ts";
import type { ByteRange } from "../protocol/byte_range.ts";
import type { TransferState } from "./progress_events.ts";

/** The options of all commands; each heeds those that it knows. */
export interface CommandOptions extends PeerGetOptions {
  /** Whether what is withdrawn is withdrawn from all devices of the user. @default {false} */
  readonly everywhere?: boolean | undefined;
  /** Whether a person wants to see all that is known. @default {false} */
  readonly long?: boolean | undefined;
  /** Whether a program reads the outcome: it is told all that is known. @default {false} */
  readonly json?: boolean | undefined;
  /** Which part of a file. @default all */
  readonly range?: ByteRange | undefined;
  /** What runs in the background of the shell in which the command runs. */
  readonly jobs?: JobTable | undefined;
  /** Hears how far each of the names is. */
  readonly onTransfer?: OnTransfer | undefined;
}

/** Hears how far the file or folder called `name` is. */
export type OnTransfer = (name: string, state: TransferState) => void;

/** What to hand down to get or read `name`, so that whoever listens hears of it by that name. */
export function optionsFor<O extends CommandOptions>(
  name: string,
  { onTransfer, ...options }: O,
): Omit<O, "onTransfer"> {
  if (!onTransfer) return options;
  const onProgress = (bytes: number, total?: number, sources?: number) => {
    options.onProgress?.(bytes, total, sources);
    onTransfer(name, { bytes, total, sources });
  };
  return { ...options, onProgress };
}
