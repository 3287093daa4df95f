/**
 * What a client has once its user has logged in: how it publishes and how it fetches.
 *
 * @module
 */

import { KeyedMutex } from "../async/keyed_mutex.ts";
import { folderOf } from "../protocol/device.ts";
import { DetailedLists } from "./detailed_lists.ts";
import type { Downloads } from "./download/downloads.ts";
import type { FetchingTools } from "./fetching.ts";
import type { SealedPort } from "./sealed_port.ts";
import type { Ask, IndexSession } from "./session/index_session.ts";
import { ownCopiesIn } from "./share/own_copies.ts";
import { placeFor } from "./share/place.ts";
import type { Looks } from "./share/looks.ts";
import type { PublishedFiles } from "./share/published_files.ts";
import { Publisher } from "./share/publisher.ts";
import type { Suspect } from "./share/refresh_queue.ts";
import { Republisher } from "./share/republisher.ts";
import { Withdrawals } from "./share/withdrawals.ts";

/** What exists once the user has logged in. */
export interface Joined {
  readonly session: IndexSession;
  readonly files: PublishedFiles;
  readonly publisher: Publisher;
  readonly republisher: Republisher;
  readonly withdrawals: Withdrawals;
  /** Loads what fetches, at the first call: whoever only asks does not wait for that. */
  readonly downloads: () => Promise<Downloads>;
  readonly lists: DetailedLists;
}

/** What of a client was there before. */
export interface JoinSetting extends FetchingTools {
  /** What is served; empty if this client only asks. */
  readonly share: string;
  readonly files: PublishedFiles;
  readonly looks: Looks;
  readonly sealedPort: SealedPort;
  /** Hears of a published file that may not be what it was. */
  readonly onSuspect: (suspect: Suspect) => void;
}

/** As what a session of `user` serves the folder at `path`: nothing if this client only asks. */
export function servingOf(
  user: string,
  path: string,
  memory: JoinSetting["memory"],
  { purpose, home }: Pick<JoinSetting["options"], "purpose" | "home">,
): { readonly share?: string; readonly toldFolder?: string | undefined } {
  if (purpose === "ask") return {};
  return { share: memory.shareOf(user, path), toldFolder: folderOf(path, home) };
}

/** Puts together what publishes and fetches for `user` over `session`. */
export async function join(
  session: IndexSession,
  user: string,
  setting: JoinSetting,
): Promise<Joined> {
  const { options, share, files, looks, memory, sealedPort, onSuspect } = setting;
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
  const republisher = new Republisher({ ...publishing, session, withdrawals, onSuspect });
  const fetching = { ...common, session, publisher, folder, plainAsk, tools: setting };
  let loading: Promise<Downloads> | undefined;
  const downloads = () => {
    return loading ??= import("./fetching.ts").then((it) => it.downloadsFor(fetching));
  };
  const { device, home } = options;
  const folderOfShare = (user: string, share: string) => memory.folderOf(user, share);
  const lists = new DetailedLists({
    ...{ session, user, share, shared: folder, device, home, folderOf: folderOfShare },
    ownCopies: ownCopiesIn(folder, memory),
  });
  return { session, files, publisher, republisher, withdrawals, downloads, lists };
}
