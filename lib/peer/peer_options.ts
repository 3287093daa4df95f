/**
 * How a client is set up, and how it gets files.
 *
 * @module
 */

import type { FetchOptions } from "./download/downloads.ts";
import type { SessionSettings } from "./session/open_session.ts";
import type { FileMemory } from "./share/file_memory.ts";
import type { Names } from "./share/names_count.ts";
import type { Restored } from "./share/republisher.ts";

/**
 * What a client is for: to serve what is published from its folder (`serve`), to change that for those
 * who serve it, and to fetch (`change`), or only to ask (`ask`). All but the last have a share.
 */
export type Purpose = "serve" | "change" | "ask";

/** How a {@linkcode Peer} is set up. */
export interface PeerOptions extends SessionSettings {
  /** Other addresses of the index, through which others may reach this client as well. */
  readonly otherAddresses?: readonly string[] | undefined;
  /** The folder whose files are shared and where downloads go. */
  readonly folder: string;
  /** Paths of files and folders that are never shared, wherever they lie. @default none */
  readonly own?: readonly string[] | undefined;
  /** @default {"serve"} */
  readonly purpose?: Purpose | undefined;
  /** The user's home folder without links, which is told as `~`. @default it is not known */
  readonly home?: string | undefined;
  /** What the client remembers of files. @default nothing */
  readonly memory?: FileMemory | undefined;
  /**
   * Whether files may leave this machine in clear.
   *
   * @default {false}
   */
  readonly allowPlain?: boolean | undefined;
  /** How long a source may send nothing, in milliseconds. @default {10_000} */
  readonly stallMs?: number | undefined;
  /** How long a download goes on while nothing comes, in milliseconds. @default {300_000} */
  readonly patienceMs?: number | undefined;
  /** Limits of bandwidth, in bytes per second. @default none */
  readonly limitUp?: number | undefined;
  readonly limitDown?: number | undefined;
  /** Whether others are served what downloads have so far. @default {true} */
  readonly swarm?: boolean | undefined;
  /** Hears that a published file had changed and was published anew, or why not. */
  readonly onChanged?: ((name: string, error: unknown) => void) | undefined;
  /** Hears what came of serving again what is published, after the index was away. */
  readonly onRestored?: ((restored: Restored) => void) | undefined;
  /** Hears what another device has withdrawn while this client serves, and is not served any more. */
  readonly onWithdrawn?: ((names: Names) => void) | undefined;
}

/** How a peer gets files. */
export type PeerGetOptions = FetchOptions;
