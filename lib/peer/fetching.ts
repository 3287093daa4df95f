/**
 * How a client whose user has logged in fetches.
 *
 * @module
 */

import type { TransferLimits } from "../net/rate_limit.ts";
import { authorityBy } from "./certificates.ts";
import { Downloads } from "./download/downloads.ts";
import { Getter } from "./download/getter.ts";
import type { SmallDisk } from "./download/small_disk_thread.ts";
import type { PeerOptions } from "./peer_options.ts";
import type { PieceHasher } from "./pieces/piece_hasher.ts";
import type { Ask, IndexSession } from "./session/index_session.ts";
import type { FileMemory } from "./share/file_memory.ts";
import { PublishedFiles } from "./share/published_files.ts";
import type { Publisher } from "./share/publisher.ts";
import { SharedFolder } from "./share/shared_folder.ts";
import type { UnfinishedFiles } from "./share/unfinished_files.ts";

/** What of a client was there before the login. */
export interface FetchingTools {
  readonly options: PeerOptions;
  readonly limits: TransferLimits;
  readonly unfinishedFiles: UnfinishedFiles;
  readonly memory: FileMemory;
  readonly hasher: PieceHasher;
  readonly smallDisk: SmallDisk;
}

/** What {@linkcode downloadsFor} puts together. */
export interface FetchingSetting {
  readonly session: IndexSession;
  readonly publisher: Publisher;
  readonly files: PublishedFiles;
  /** The shared folder. */
  readonly folder: string;
  readonly isSealed: boolean;
  /** Asks the index, and first for what it takes to be served. */
  readonly ask: Ask;
  /** Asks the index as it is. */
  readonly plainAsk: Ask;
  readonly tools: FetchingTools;
}

/** Puts together what fetches over a session. */
export function downloadsFor({ tools, plainAsk, ...fetching }: FetchingSetting): Downloads {
  const { session, files, folder, publisher, isSealed, ask } = fetching;
  const { limits, memory, hasher, smallDisk } = tools;
  const { allowPlain, stallMs, patienceMs, swarm = true } = tools.options;
  const unfinishedFiles = swarm ? tools.unfinishedFiles : undefined;
  const transfer = { hasher, smallDisk, allowPlain, stallMs, limits, moves: () => session.moves };
  const getting = { ask, isSealed, ...transfer };
  const getter = new Getter({ ...getting, folder, files, unfinishedFiles });
  const getterFor = (folder: string) => {
    const files = new PublishedFiles(new SharedFolder(folder), memory, hasher);
    return new Getter({ ...getting, folder, files });
  };
  const authority = authorityBy(plainAsk);
  const places = { session, getter, getterFor, publisher, files, authority };
  return new Downloads({ ...places, stallMs, patienceMs, limits });
}
