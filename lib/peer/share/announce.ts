/**
 * Telling the index what is published from here: many publications in one request.
 *
 * @module
 */

import { forEachPooled } from "../../async/pooled.ts";
import { BitTrickleError } from "../../errors.ts";
import type { PublishedFile } from "../../protocol/messages.ts";
import { filesOf, packPublications } from "../../protocol/publication_rows.ts";
import type { Ask } from "../session/index_session.ts";
import type { PublisherSetting } from "./publisher_setting.ts";

/** Requests under way at once: fewer than an index remembers the answers of. */
const AT_ONCE = 12;

/**
 * Tells the index of `publications`, as far as they are published still. What another client of the
 * folder withdraws meanwhile is withdrawn.
 *
 * @throws {BitTrickleError} of `ask`, once those that are under way have ended
 */
export async function announce(
  ask: Ask,
  setting: PublisherSetting,
  publications: readonly PublishedFile[],
): Promise<void> {
  const requests = packPublications(publications, setting.isSealed ? undefined : 1);
  await forEachPooled(AT_ONCE, requests, (request) => announceAll(ask, setting, filesOf(request)));
}

async function announceAll(
  ask: Ask,
  setting: PublisherSetting,
  files: readonly PublishedFile[],
): Promise<void> {
  try {
    await announceTogether(ask, setting, files);
  } catch (error) {
    const isRefused = error instanceof BitTrickleError && error.code === "refused";
    if (!isRefused || files.length === 1) throw error;
    // An index that has no room for all of them may have some for a few.
    for (const file of files) await announceTogether(ask, setting, [file]);
  }
}

async function announceTogether(
  ask: Ask,
  { files, turns }: PublisherSetting,
  announced: readonly PublishedFile[],
): Promise<void> {
  await turns.runAll(announced.map(({ name }) => name), async () => {
    const [first, ...others] = announced.filter(({ name }) => files.has(name));
    if (!first) return;
    await ask({ verb: "pub", ...first, ...others.length > 0 ? { others } : {} });
    files.confirm([first, ...others]);
    for (const { name } of [first, ...others]) {
      if (!files.has(name)) await ask({ verb: "unp", name });
    }
  });
}
