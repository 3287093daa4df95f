/**
 * What getting a file takes, how it goes, and what comes of it.
 *
 * @module
 */

import type { TransferLimits } from "../../net/rate_limit.ts";
import type { ContentKey } from "../../protocol/content.ts";
import type { Content } from "./candidates.ts";
import type { DownloadOptions, DownloadSetting } from "./download_setting.ts";
import type { Ask } from "../session/index_session.ts";
import type { PieceHasher } from "../pieces/piece_hasher.ts";
import type { SmallDisk } from "./small_disk_thread.ts";
import type { PublishedFiles } from "../share/published_files.ts";
import type { UnfinishedFiles } from "../share/unfinished_files.ts";

/** How a file is got. */
export interface GetOptions extends DownloadOptions {
  /** What to call it. @default the name that it was asked for by, or else that others gave it */
  readonly as?: string | undefined;
  /** Whether it is saved under another name where something has its own. @default {false} */
  readonly rename?: boolean | undefined;
  /** Whether what has its name is left alone, whatever it is. @default {false} */
  readonly skip?: boolean | undefined;
  /** What the index has just said that it is: if the folder has that, nobody is asked again. */
  readonly listed?: ContentKey | undefined;
}

/** What came of getting a file. */
export type Gotten =
  | {
    readonly kind: "downloaded";
    readonly name: string;
    /** Bytes. */
    readonly size: number;
    /** Who sent it: users, or the address of a source that was asked in clear. */
    readonly from: readonly string[];
    /** How many bytes an earlier try had left. */
    readonly kept: number;
  }
  /** The folder has the very file already. */
  | { readonly kind: "present"; readonly name: string; readonly size: number }
  /** Something has the name, and was left alone. */
  | { readonly kind: "skipped"; readonly name: string; readonly size: number }
  /** Nobody who is active publishes it. */
  | { readonly kind: "nothing" }
  /** The name stands for several files, or what was asked for as an id is the name of another. */
  | { readonly kind: "choices"; readonly choices: readonly Content[] };

/** What a getter works with. */
export interface GetterSetting {
  readonly ask: Ask;
  /** See {@linkcode DownloadSetting}. */
  readonly moves?: DownloadSetting<unknown>["moves"];
  readonly folder: string;
  readonly files: PublishedFiles;
  readonly hasher: PieceHasher;
  readonly smallDisk: SmallDisk;
  /** Where uploads find what downloads have so far. @default it is not served */
  readonly unfinishedFiles?: UnfinishedFiles | undefined;
  readonly isSealed: boolean;
  readonly allowPlain?: boolean | undefined;
  readonly stallMs?: number | undefined;
  readonly limits?: TransferLimits | undefined;
}
