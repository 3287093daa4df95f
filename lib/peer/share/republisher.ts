/**
 * Publications of earlier sessions, and of files that have changed since: served and told to the
 * index again. Nothing is published here that the user has not published.
 *
 * @module
 */

import { forEachPooled } from "../../async/pooled.ts";
import type { FileDetails } from "../../protocol/messages.ts";
import type { Ask, List } from "../session/index_session.ts";
import { OWN_SHARE } from "../../protocol/digest.ts";
import { PLAIN_SHARE } from "../../protocol/share.ts";
import { isOurs, type PublisherSetting } from "./publisher.ts";
import type { Suspect } from "./refresh_queue.ts";

/** Files that are looked at at once. */
const AT_ONCE = 8;

/** What came of the publications of an earlier session. */
export interface Restored {
  /** Names that are served again. */
  readonly served: readonly string[];
  /** Names that were published from here and that the folder does not hold any more. */
  readonly missing: readonly string[];
  /** Names that are not known to have been published from here, and that nobody serves. */
  readonly elsewhere: readonly string[];
  /** How many publications the index could not list. */
  readonly unlisted: number;
}

/** What a republisher works with. */
export interface RepublisherSetting extends PublisherSetting {
  /** Hears of published files that have to be read before the index can be told what they are. */
  readonly onSuspect: (suspect: Suspect) => void;
}

/** Keeps what is published in step with the index and the disk. */
export class Republisher {
  readonly #setting: RepublisherSetting;

  constructor(setting: RepublisherSetting) {
    this.#setting = setting;
  }

  /**
   * Serves again what was published from this folder in an earlier session, and nothing else,
   * whatever the index lists.
   */
  async restore(): Promise<Restored> {
    const { items, details, shares, more } = await this.#setting.ask({ verb: "lpf" }) as List;
    const [served, missing, elsewhere]: string[][] = [[], [], []];
    const { files, share: own } = this.#setting;
    const one = async ([i, name]: [number, string]) => {
      const { share, isServed = false } = shares?.[i] ?? {};
      if (!isOurs(share, own)) return isServed || elsewhere!.push(name);
      if (!files.has(name)) return elsewhere!.push(name);
      // What an older version published is taken over by being published again.
      const told = share === PLAIN_SHARE ? undefined : details?.[i];
      const isThere = await this.#serveAgain(name, told);
      return (isThere ? served : missing)!.push(name);
    };
    await forEachPooled(AT_ONCE, items.entries(), one);
    const here = new Set([...served!, ...missing!]);
    const others = elsewhere!.filter((name) => !here.has(name));
    const all = { served: served!.sort(), missing: missing!.sort(), elsewhere: others.sort() };
    return { ...all, unlisted: more };
  }

  /** Tells the index, by `ask`, what it has forgotten of what is published. */
  async publishAgain(ask: Ask): Promise<void> {
    const { items, more } = await ask({ verb: "lpf", within: OWN_SHARE }) as List;
    const listed = new Set(more === 0 ? items : []);
    const forgotten = this.#setting.sharedFiles.names.filter((name) => !listed.has(name));
    await forEachPooled(AT_ONCE, forgotten, (name) => this.#tellAgain(name, ask));
  }

  /**
   * Finds out what a published file is now, and publishes it as that if the index was told
   * otherwise. Returns whether it is another content than before.
   *
   * @throws {BitTrickleError} as {@linkcode Publisher.pub}
   */
  async refresh({ name, told, isWrong }: Suspect, signal: AbortSignal): Promise<boolean> {
    const { files, sharedFiles, turns, isSealed, ask } = this.#setting;
    const { details, identity } = await files.details(name, isSealed, { signal, fresh: isWrong });
    return await turns.run(name, async () => {
      if (!sharedFiles.has(name)) return false; // The user has withdrawn it meanwhile.
      const before = told ?? sharedFiles.detailsOf(name);
      if (!isSame(details, told)) await ask({ verb: "pub", name, details });
      sharedFiles.add(name, identity);
      return !isSame(details, before);
    });
  }

  async #serveAgain(name: string, told: FileDetails | undefined): Promise<boolean> {
    const { sharedFiles, files, isSealed, onSuspect } = this.#setting;
    const state = await sharedFiles.check(name).catch(() => undefined);
    if (!state) return false;
    sharedFiles.add(name, isSealed ? files.known(name, state) : undefined);
    if (isSealed && !isSame(sharedFiles.detailsOf(name), told)) onSuspect({ name, told });
    return true;
  }

  /** What must be read first is told later: reading holds up all that waits for the index. */
  async #tellAgain(name: string, ask: Ask): Promise<void> {
    const { sharedFiles, files, isSealed, onSuspect } = this.#setting;
    // Another client of this folder has withdrawn it.
    if (!files.has(name)) return sharedFiles.remove(name);
    const state = await sharedFiles.check(name).catch(() => undefined);
    if (!state) return;
    const known = isSealed ? files.known(name, state) : undefined;
    if (isSealed && !known) return onSuspect({ name, told: undefined });
    const { size } = state;
    await ask({ verb: "pub", name, details: known ? { size, id: known.id } : { size } });
  }
}

function isSame(a: FileDetails | undefined, b: FileDetails | undefined): boolean {
  return a !== undefined && a.size === b?.size && a.id === b.id;
}
