/**
 * Telling the index what is published from here: many publications in one request.
 *
 * @module
 */

import { forEachPooled } from "../../async/pooled.ts";
import { BitTrickleError } from "../../errors.ts";
import type { PublishedFile, Reply } from "../../protocol/messages.ts";
import { filesOf, packPublications } from "../../protocol/publication_rows.ts";
import type { Ask } from "../session/index_session.ts";
import type { PublisherSetting } from "./publisher_setting.ts";

/** Requests under way at once: fewer than an index remembers the answers of. */
const AT_ONCE = 12;

/**
 * Tells the index of `publications`, as far as they are published still. What another client of the
 * folder withdraws meanwhile is withdrawn.
 *
 * @param version That of `files` by which `publications` are published
 * @throws {BitTrickleError} of `ask`, once those that are under way have ended
 */
export async function announce(
  ask: Ask,
  setting: PublisherSetting,
  publications: readonly PublishedFile[],
  version: string,
): Promise<void> {
  const announcement = new Announcement(ask, setting, version);
  const requests = packPublications(publications, setting.isSealed ? undefined : 1);
  try {
    await forEachPooled(AT_ONCE, requests, (request) => announcement.tell(filesOf(request)));
  } finally {
    setting.files.confirm(announcement.told);
  }
}

/**
 * Tells the index of one publication of `files`, whose turn it is. If another client of the folder
 * withdraws it meanwhile, it is withdrawn.
 *
 * @throws {BitTrickleError} of `ask`
 */
export async function announceOne(
  { ask, files }: PublisherSetting,
  file: PublishedFile,
): Promise<Reply> {
  const reply = await ask({ verb: "pub", ...file });
  if (files.has(file.name)) files.confirm([file]);
  else await ask({ verb: "unp", name: file.name });
  return reply;
}

class Announcement {
  /** What the index has confirmed. */
  readonly told: PublishedFile[] = [];
  readonly #ask: Ask;
  readonly #setting: PublisherSetting;
  readonly #version: string;

  constructor(ask: Ask, setting: PublisherSetting, version: string) {
    this.#ask = ask;
    this.#setting = setting;
    this.#version = version;
  }

  async tell(files: readonly PublishedFile[]): Promise<void> {
    try {
      await this.#tellTogether(files);
    } catch (error) {
      const isRefused = error instanceof BitTrickleError && error.code === "refused";
      if (!isRefused || files.length === 1) throw error;
      // An index that has no room for all of them may have some for a few.
      for (const file of files) await this.#tellTogether([file]);
    }
  }

  async #tellTogether(files: readonly PublishedFile[]): Promise<void> {
    await this.#setting.turns.runAll(files.map(({ name }) => name), async () => {
      const published = this.#published(files);
      const [first, ...others] = published;
      if (!first) return;
      await this.#ask({ verb: "pub", ...first, ...others.length > 0 ? { others } : {} });
      const still = this.#published(published);
      this.told.push(...still);
      const gone = published.filter((file) => !still.includes(file));
      for (const { name } of gone) await this.#ask({ verb: "unp", name });
    });
  }

  /** Those of `files` that nobody has withdrawn. */
  #published(files: readonly PublishedFile[]): readonly PublishedFile[] {
    const published = this.#setting.files;
    if (published.version === this.#version) return files;
    return files.filter(({ name }) => published.has(name));
  }
}
