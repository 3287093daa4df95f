/**
 * What a client has once its user has logged in: how it publishes and how it fetches.
 *
 * @module
 */

import { KeyedMutex } from "../async/keyed_mutex.ts";
import type { TransferLimits } from "../net/rate_limit.ts";
import { authorityBy } from "./certificates.ts";
import { DetailedLists } from "./detailed_lists.ts";
import { Downloads } from "./download/downloads.ts";
import { Getter } from "./download/getter.ts";
import type { SmallDisk } from "./download/small_file.ts";
import type { PeerOptions } from "./peer_options.ts";
import type { PieceHasher } from "./pieces/piece_hasher.ts";
import type { SealedPort } from "./sealed_port.ts";
import type { Ask, IndexSession } from "./session/index_session.ts";
import type { FileMemory } from "./share/file_memory.ts";
import { ownCopiesIn } from "./share/own_copies.ts";
import { placeFor } from "./share/place.ts";
import type { Looks } from "./share/looks.ts";
import { PublishedFiles } from "./share/published_files.ts";
import { Publisher } from "./share/publisher.ts";
import type { Suspect } from "./share/refresh_queue.ts";
import { Republisher } from "./share/republisher.ts";
import { SharedFolder } from "./share/shared_folder.ts";
import type { UnfinishedFiles } from "./share/unfinished_files.ts";
import { Withdrawals } from "./share/withdrawals.ts";

/** What exists once the user has logged in. */
export interface Joined {
  readonly session: IndexSession;
  readonly files: PublishedFiles;
  readonly publisher: Publisher;
  readonly republisher: Republisher;
  readonly withdrawals: Withdrawals;
  readonly downloads: Downloads;
  readonly lists: DetailedLists;
}

/** What of a client was there before. */
export interface JoinSetting {
  readonly options: PeerOptions;
  /** What is served; empty if this client only asks. */
  readonly share: string;
  readonly limits: TransferLimits;
  readonly files: PublishedFiles;
  readonly looks: Looks;
  readonly unfinishedFiles: UnfinishedFiles;
  readonly memory: FileMemory;
  readonly hasher: PieceHasher;
  readonly smallDisk: SmallDisk;
  readonly sealedPort: SealedPort;
  /** Hears of a published file that may not be what it was. */
  readonly onSuspect: (suspect: Suspect) => void;
}

/** Puts together what publishes and fetches for `user` over `session`. */
export async function join(
  session: IndexSession,
  user: string,
  setting: JoinSetting,
): Promise<Joined> {
  const { options, share, limits, files, looks, memory, hasher, smallDisk, sealedPort } = setting;
  const { isSealed, indexKey } = session;
  const folder = files.folder.path;
  files.enter(await placeFor({ ...options, memory, realPath: folder, indexKey, user }));
  const plainAsk: Ask = (request) => session.ask(request);
  const ask = isSealed ? sealedPort.openingFor(plainAsk) : plainAsk;
  const common = { ask, files, isSealed };
  const publishing = { ...common, share, looks, turns: new KeyedMutex<string>() };
  const publisher = new Publisher(publishing);
  const { onWithdrawn } = options;
  const withdrawals = new Withdrawals({ ...publishing, ask: plainAsk, session, onWithdrawn });
  const { onSuspect } = setting;
  const republisher = new Republisher({ ...publishing, session, withdrawals, onSuspect });
  const { allowPlain, stallMs, patienceMs, swarm = true } = options;
  const unfinishedFiles = swarm ? setting.unfinishedFiles : undefined;
  const moves = () => session.moves;
  const getting = { ...common, folder, hasher, smallDisk, allowPlain, stallMs, limits, moves };
  const getter = new Getter({ ...getting, unfinishedFiles });
  const getterFor = (folder: string) => {
    const files = new PublishedFiles(new SharedFolder(folder), memory, hasher);
    return new Getter({ ...getting, folder, files });
  };
  const fetching = {
    session,
    getter,
    getterFor,
    publisher,
    files,
    authority: authorityBy(plainAsk),
  };
  const downloads = new Downloads({ ...fetching, stallMs, patienceMs, limits });
  const { device, home } = options;
  const folderOf = (user: string, share: string) => memory.folderOf(user, share);
  const lists = new DetailedLists({
    ...{ session, user, share, shared: folder, device, home, folderOf },
    ownCopies: ownCopiesIn(folder, memory),
  });
  return { session, files, publisher, republisher, withdrawals, downloads, lists };
}
