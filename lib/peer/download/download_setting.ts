/**
 * What a download takes, how it goes, and what comes of it.
 *
 * @module
 */

import type { ConnectionPool, SealedSource } from "./connection_pool.ts";
import type { Wanted } from "./piece_file.ts";
import type { PiecePicker } from "./piece_picker.ts";
import type { OnDownload } from "./transfer_state.ts";

/** How a download goes. */
export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears how far it is. */
  readonly onProgress?: OnDownload | undefined;
  /** Hears now and then that something is on its way, or that this machine is at work. */
  readonly onActivity?: (() => void) | undefined;
  /** Hears what a person may want to know, safe to show. */
  readonly onNote?: ((note: string) => void) | undefined;
  /** Whether a file that has the target's name is replaced. @default {false} */
  readonly force?: boolean | undefined;
  /**
   * How long to go on while nothing comes, in milliseconds. {@linkcode Patience} knows what ends
   * sooner. @default {DOWNLOAD_PATIENCE_MS}
   */
  readonly patienceMs?: number | undefined;
  /** The same while the index answers. @default {patienceMs} */
  readonly sourcePatienceMs?: number | undefined;
}

/** Where the pieces of a file go, once its hashes are known. */
export interface PieceReceiver<T> extends AsyncDisposable {
  readonly picker: PiecePicker;
  /** The hashes of its pieces. */
  readonly layer: Uint8Array;
  /** How many bytes need not be fetched any more. */
  readonly bytes: number;
  /** How many bytes were there from the beginning. */
  readonly kept: number;
  /** How many bytes the piece `index` has. */
  lengthOf(index: number): number;
  /**
   * Takes in a piece. Returns false if it was there already.
   *
   * @throws {BitTrickleError} `unverified` if it is not the file's, or `disk`
   */
  add(index: number, piece: Uint8Array): Promise<boolean>;
  /** Ends what is complete. */
  finish(force: boolean): Promise<T>;
}

/** How a {@linkcode PieceReceiver} goes. */
export interface ReceiverOptions {
  readonly signal: AbortSignal;
  /** Hears how many bytes of the file there are, of how many: at the beginning, and of each piece. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
  /** Hears that more pieces may be asked for. */
  readonly onRoom: () => void;
  /** Hears what ends the download. */
  readonly onFailure: (error: unknown) => void;
}

/** Opens a receiver for the pieces whose hashes are `layer`. */
export type OpenReceiver<T> = (
  layer: Uint8Array,
  options: ReceiverOptions,
) => Promise<PieceReceiver<T>>;

/** Who has the file, or `replaced` if its name has come to stand for another. */
export type Found = readonly SealedSource[] | "replaced";

/** What it takes to fetch a file. */
export interface DownloadSetting<T> {
  readonly wanted: Wanted;
  readonly open: OpenReceiver<T>;
  readonly connections: ConnectionPool;
  /**
   * Asks the index who has the file now.
   *
   * @param mayBeReplaced Whether a source said that its file has changed, or is gone
   */
  readonly find: (mayBeReplaced: boolean) => Promise<Found>;
  /**
   * Another number than before if the index has found this client at another address. @default the
   * same for ever
   */
  readonly moves?: (() => number) | undefined;
}

/** A file that has been fetched. */
export interface Fetched<T> {
  /** The hashes of its pieces. */
  readonly layer: Uint8Array;
  /** Who sent pieces of it. */
  readonly users: readonly string[];
  /** How many bytes of it were there already. */
  readonly kept: number;
  /** What its receiver says at the end. */
  readonly result: T;
}
