/**
 * What a user withdraws from all devices while this client serves: it is not served here any more, and
 * not published again because it changes.
 *
 * The index counts such withdrawals in each session, and tells the number with every heartbeat. If it
 * has changed, the client looks for what the index does not list any more.
 *
 * @module
 */

import { turn } from "../../async/turn.ts";
import type { Ask, IndexSession } from "../session/index_session.ts";
import { isSameFile } from "./identity.ts";
import { type Names, NamesCount } from "./names_count.ts";
import type { Publication } from "./publication_memory.ts";
import type { PublisherSetting } from "./publisher_setting.ts";
import { findDifferences, type ShareDifferences } from "./share_differences.ts";

/** What {@linkcode Withdrawals} work with. */
export interface WithdrawalsSetting
  extends Pick<PublisherSetting, "ask" | "files" | "turns" | "isSealed"> {
  readonly session: Pick<IndexSession, "catalogue">;
  /** Hears what is not served any more. */
  readonly onWithdrawn?: ((names: Names) => void) | undefined;
}

/** How many the index has told in one session, and after how many of them was looked for them. */
interface Counts {
  told: number;
  heeded: number;
}

/** Serves no more what was withdrawn elsewhere. */
export class Withdrawals {
  readonly #setting: WithdrawalsSetting;
  #counts: Counts = { told: 0, heeded: 0 };
  #heeding: Promise<void> | undefined;

  constructor(setting: WithdrawalsSetting) {
    this.#setting = setting;
  }

  /** Takes in that a session begins, in which the index counts anew. */
  begin(): void {
    this.#counts = { told: 0, heeded: 0 };
  }

  /** Takes in how many the index has counted in this session. */
  hear(count: number): void {
    this.#counts.told = count;
    // If the index is gone, the first heartbeat after its return tells it again.
    if (this.#isBehind) this.#heed().catch(() => {});
  }

  /**
   * Takes in all that has been withdrawn until now. Whoever publishes a changed file anew does this
   * before, so that nothing is published that the user has withdrawn.
   *
   * @throws {BitTrickleError} of `ask`
   */
  async catchUp(): Promise<void> {
    const { isSealed, ask } = this.#setting;
    if (isSealed) await ask({ verb: "heartbeat" });
    while (this.#isBehind) await this.#heed();
  }

  /**
   * Serves no more what of `unlisted` was withdrawn, and adds its names to `withdrawn`. The index lists
   * its share once more before, for what it did not list may have been published after it did.
   *
   * @throws {BitTrickleError} of `ask`
   */
  async takeBack(
    unlisted: readonly Publication[],
    withdrawn: NamesCount,
    ask: Ask = this.#setting.ask,
  ): Promise<void> {
    if (unlisted.length === 0) return;
    const differences = await findDifferences(ask, this.#setting.files);
    for (const publication of unlisted) {
      if (isUnlisted(publication, differences)) await this.#takeBackOne(publication, withdrawn);
    }
  }

  get #isBehind(): boolean {
    return this.#counts.told !== this.#counts.heeded;
  }

  #heed(): Promise<void> {
    return this.#heeding ??= this.#look().finally(() => this.#heeding = undefined);
  }

  async #look(): Promise<void> {
    const { ask, files, session, onWithdrawn } = this.#setting;
    const counts = this.#counts;
    const { told } = counts;
    // What another catalogue does not list was never there.
    if (session.catalogue !== undefined && session.catalogue === files.catalogue) {
      const withdrawn = new NamesCount();
      const differences = await findDifferences(ask, files);
      if (!differences.isEmpty) await this.takeBack(await this.#unlisted(differences), withdrawn);
      if (withdrawn.count > 0) onWithdrawn?.(withdrawn);
    }
    counts.heeded = told;
  }

  async #unlisted(differences: ShareDifferences): Promise<Publication[]> {
    const unlisted: Publication[] = [];
    for (const page of this.#setting.files.pages()) {
      unlisted.push(...page.filter((it) => it.isTold && isUnlisted(it, differences)));
      await turn();
    }
    return unlisted;
  }

  async #takeBackOne({ name, details }: Publication, withdrawn: NamesCount): Promise<void> {
    const { files, turns } = this.#setting;
    await turns.run(name, () => {
      const now = files.get(name);
      const isStill = now?.isTold === true && isSameFile(now.details, details);
      if (isStill) withdrawn.add(name);
      if (isStill) files.remove(name);
      return Promise.resolve();
    });
  }
}

function isUnlisted({ name, details }: Publication, differences: ShareDifferences): boolean {
  return differences.of(name, details) === "none";
}
