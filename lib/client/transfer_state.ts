/**
 * How far a transfer of a command is.
 *
 * @module
 */

import type { DownloadPhase, QueuePlace } from "../peer/download/transfer_state.ts";
import type { FileCount } from "../peer/share/tree_publishing.ts";

/** What a transfer does: as a download, or it reads a file that is to be published (`hashing`). */
export type TransferPhase = DownloadPhase | "hashing";

/** How far a transfer is. */
export interface TransferState {
  readonly phase: TransferPhase;
  readonly bytes: number;
  /** Of how many bytes, if that is known. */
  readonly total?: number | undefined;
  /** How many of `bytes` were there before. @default {0} */
  readonly kept?: number | undefined;
  /** How many users send, where somebody does. */
  readonly sources?: number | undefined;
  /** Where it waits, if it does. */
  readonly queue?: QueuePlace | undefined;
  /** Of a folder, or of several names. */
  readonly files?: FileCount | undefined;
}

/** How many bytes have come, or were read, since the transfer began. */
export function movedBytes({ bytes, kept = 0 }: TransferState): number {
  return Math.max(0, bytes - kept);
}

/** Whether all is there. */
export function isComplete({ bytes, total }: TransferState): boolean {
  return bytes === total;
}
