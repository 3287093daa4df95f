/**
 * Keeping in step what is published from here, the files of the folder, and what the index knows.
 * Nothing is published here that the user has not published.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { turn } from "../../async/turn.ts";
import type { FileDetails } from "../../protocol/messages.ts";
import type { Ask, IndexSession, List } from "../session/index_session.ts";
import { announce, announceOne } from "./announce.ts";
import { detailsOf, isSameFile } from "./identity.ts";
import { type Names, NamesCount } from "./names_count.ts";
import type { HashedPublication, Publication } from "./publication_memory.ts";
import type { PublisherSetting } from "./publisher_setting.ts";
import type { Suspect } from "./refresh_queue.ts";
import { findDifferences } from "./share_differences.ts";
import type { Withdrawals } from "./withdrawals.ts";

/** Names from elsewhere that are told to somebody who publishes nothing from here. */
const ELSEWHERE_TOLD = 10;

/** How long a file that was not empty has to be for that to count, in milliseconds: programs empty one to write it anew. */
const EMPTY_MS = 1_000;

/** What came of the publications of an earlier session. */
export interface Restored {
  /** What is served again. */
  readonly served: Names;
  /** What was published from here and the folder does not hold any more. */
  readonly missing: Names;
  /** What the index lists, is not known to have been published from here, and nobody serves. */
  readonly elsewhere: Names;
  /** What another device has withdrawn meanwhile, and is not served here any more. */
  readonly withdrawn: Names;
}

/** What a republisher works with. */
export interface RepublisherSetting extends PublisherSetting {
  readonly session: Pick<IndexSession, "catalogue" | "ask">;
  readonly withdrawals: Withdrawals;
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
   * Looks at every published file, and makes the index and what is published from here agree: it is
   * told what it has not, or has otherwise. What it was told and does not list any more has been
   * withdrawn from another device, unless its catalogue is another one.
   *
   * @param isReturn Whether the index may have lost what it knew earlier in this session
   * @param opening Resolves when files can be fetched; the index is told of none before
   * @throws {BitTrickleError} of `ask` and `opening`
   */
  async restore(
    ask: Ask = this.#setting.ask,
    isReturn = false,
    opening?: Promise<unknown>,
  ): Promise<Restored> {
    const missing = new Set<string>();
    const changed: string[] = [];
    // At once: what the user publishes meanwhile is not served again, but for the first time.
    const [served] = await Promise.all([this.#lookAtAll(missing, changed), opening]);
    const { isSealed, files, withdrawals } = this.#setting;
    if (isReturn) withdrawals.begin(); // All that was withdrawn before is found below.
    const [elsewhere, withdrawn] = [new NamesCount(), new NamesCount()];
    if (isSealed) await this.#agree(ask, missing, elsewhere, withdrawn);
    else await this.#agreeInPlain(ask, missing, elsewhere, isReturn);
    if (isSealed && !isReturn && files.isEmpty) await this.#findElsewhere(elsewhere);
    // Not before: what another device has withdrawn is not published anew because it changed.
    for (const name of changed) this.#setting.onSuspect({ name });
    const gone = new NamesCount();
    for (const name of missing) gone.add(name);
    return { served, missing: gone, elsewhere, withdrawn };
  }

  /**
   * Finds out what a published file is now, and publishes it as that if the index was told
   * otherwise. Returns whether it is another content than before.
   *
   * @throws {BitTrickleError} as {@linkcode Publisher.pub}
   */
  async refresh(suspect: Suspect, signal: AbortSignal): Promise<boolean> {
    const { name } = suspect;
    const { files, turns, withdrawals } = this.#setting;
    const details = await this.#detailsNow(suspect, signal);
    await withdrawals.catchUp();
    return await turns.run(name, async () => {
      const before = files.get(name);
      if (!before) return false; // The user has withdrawn it meanwhile.
      if (before.isTold && isSameFile(details, before.details)) return false;
      files.put({ name, details, isTold: false });
      await announceOne(this.#setting, { name, details });
      return !isSameFile(details, before.details);
    });
  }

  /** What a file is. One that has become empty is most likely just written anew: that is waited for. */
  async #detailsNow({ name, isWrong }: Suspect, signal: AbortSignal): Promise<FileDetails> {
    const { files, isSealed } = this.#setting;
    const before = files.get(name)?.details;
    const options = { signal, fresh: isWrong };
    const details = await files.details(name, isSealed, options);
    if (details.size > 0 || !before?.size) return details;
    await delay(EMPTY_MS, { signal });
    return await files.details(name, isSealed, options);
  }

  /**
   * @param missing Takes the names of files that are not there
   * @param changed Takes the names of files that have to be read
   */
  async #lookAtAll(missing: Set<string>, changed: string[]): Promise<Names> {
    const served = new NamesCount();
    for (const page of this.#setting.files.hashedPages()) {
      const areThere = await Promise.all(page.map((it) => this.#lookAt(it, changed)));
      for (const [i, { name }] of page.entries()) {
        if (areThere[i]) served.add(name);
        else missing.add(name);
      }
      await turn();
    }
    return served;
  }

  /** Returns whether the file is there. */
  async #lookAt(publication: HashedPublication, changed: string[]): Promise<boolean> {
    const { files, isSealed, looks } = this.#setting;
    const { name, state, hashedId } = publication;
    const { folder } = files;
    const look = await looks.do({ folder: folder.path, name, known: state, isHashed: false });
    const isThere = look !== undefined || await folder.check(name).then(() => true, () => false);
    if (!isThere || !isSealed) return isThere;
    if (look !== "same") changed.push(name);
    else if (hashedId !== publication.details?.id) this.#complete(name);
    return true;
  }

  /** Takes in what an older version, or protocol 1, did not tell of a publication. */
  #complete(name: string): void {
    const { files } = this.#setting;
    const identity = files.lastKnown(name);
    if (identity) files.put({ name, details: detailsOf(identity), isTold: false });
  }

  async #agree(
    ask: Ask,
    missing: ReadonlySet<string>,
    elsewhere: NamesCount,
    withdrawn: NamesCount,
  ): Promise<void> {
    const { files, session } = this.#setting;
    const differences = await findDifferences(ask, files);
    const { catalogue } = session;
    const isForgotten = catalogue === undefined || files.catalogue !== catalogue;
    const unlisted: Publication[] = [];
    for (const page of files.pages()) {
      const { version } = files;
      const untold: Publication[] = [];
      for (const publication of page) {
        const { name, details, isTold } = publication;
        const theirs = differences.of(name, details);
        if (theirs === "same" && !isTold) files.confirm([publication]);
        if (theirs === "same" || missing.has(name)) continue;
        const isWithdrawn = theirs === "none" && isTold && !isForgotten;
        if (isWithdrawn) unlisted.push(publication);
        else if (details?.id !== undefined) untold.push(publication);
      }
      await announce(ask, this.#setting, untold, version);
      await turn();
    }
    for (const name of differences.names) if (!files.has(name)) elsewhere.add(name);
    await this.#setting.withdrawals.takeBack(unlisted, withdrawn, ask);
  }

  /** Protocol 1 has one list of names, and a client publishes again only what it saw being lost. */
  async #agreeInPlain(
    ask: Ask,
    missing: ReadonlySet<string>,
    elsewhere: NamesCount,
    isReturn: boolean,
  ): Promise<void> {
    const { files } = this.#setting;
    const { items, more } = await ask({ verb: "lpf" }) as List;
    for (const name of items) if (!files.has(name)) elsewhere.add(name);
    if (!isReturn) return;
    const listed = new Set(more === 0 ? items : []);
    for (const page of files.pages()) {
      const { version } = files;
      const lost = page.filter(({ name }) => !listed.has(name) && !missing.has(name));
      await announce(ask, this.#setting, lost, version);
    }
  }

  /** Whoever publishes nothing from here may wonder where it all is. */
  async #findElsewhere(elsewhere: NamesCount): Promise<void> {
    const { session } = this.#setting;
    const { items, shares, more } = await session.ask({ verb: "lpf" }, ELSEWHERE_TOLD) as List;
    const unserved = items.filter((_, i) => !shares?.[i]?.isServed);
    for (const name of unserved) elsewhere.add(name);
    if (unserved.length > 0) elsewhere.addUnnamed(more);
  }
}
