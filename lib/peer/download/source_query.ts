/**
 * Asking the index who has a file: every source there is, within reason.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { interrupted } from "../../errors.ts";
import {
  type ContentKey,
  formatContent,
  isSameContent,
  parseContent,
} from "../../protocol/content.ts";
import type { NamedContent, Source } from "../../protocol/messages.ts";
import type { Ask } from "../session/index_session.ts";
import { contentsOf, sealedSources } from "./candidates.ts";
import type { Found } from "./download_setting.ts";

/** Times the index is asked for yet other sources of one file. */
const MOST_PAGES = 4;

/**
 * How often, and how many milliseconds each time, somebody is waited for who has no certificate yet:
 * that takes two requests from the login on. Clients of the plain protocol never have one.
 */
const MOST_WAITS = 6;
const WAIT_MS = 500;

/** What the index said, and when it was asked, in milliseconds of a steady clock. */
export interface FoundSources {
  readonly sources: readonly Source[];
  readonly since: number;
}

/**
 * The sources of what is called `wanted`, or meant by it, see {@linkcode parseContent}. One answer of
 * the index names a few of them.
 *
 * @throws {BitTrickleError} of the index
 */
export async function findSources(ask: Ask, wanted: string): Promise<FoundSources> {
  const since = performance.now();
  const found = new Map<string, Source>();
  for (let page = 0; page < MOST_PAGES; page++) {
    const reply = await ask({ verb: "get", name: wanted });
    if (reply.kind !== "sources") break;
    const before = found.size;
    for (const source of [...reply.sources, ...await sourcesOf(ask, reply.named)]) {
      const { ip, port, file: { user, details } = {} } = source;
      found.set(`${user} ${ip} ${port} ${details?.id} ${details?.size}`, source);
    }
    const isNew = found.size > before || reply.sources.length === 0;
    if (reply.more === 0 || !isNew) break;
  }
  return { sources: [...found.values()], since };
}

/**
 * As {@linkcode findSources}; but who has just logged in, and cannot serve yet what the index names him
 * for, is waited for a while.
 *
 * @throws {BitTrickleError} of the index, or `interrupted`
 */
export async function findServed(
  ask: Ask,
  wanted: string,
  signal?: AbortSignal,
): Promise<FoundSources> {
  for (let wait = 0;; wait++) {
    const found = await findSources(ask, wanted);
    const isServed = contentsOf(found.sources, wanted).length > 0;
    const isAwaited = found.sources.some(({ file, pass }) => file?.details?.id && !pass);
    if (isServed || !isAwaited || wait === MOST_WAITS) return found;
    await delay(WAIT_MS, signal ? { signal } : {}).catch((cause) => {
      throw interrupted(cause);
    });
  }
}

/**
 * Who has `content` now, which was asked for as `wanted`. If nobody has it any more, its name may
 * stand for another.
 *
 * @param mayBeReplaced Whether a source said that its file has changed, or is gone
 * @throws {BitTrickleError} of the index
 */
export async function findAgain(
  ask: Ask,
  wanted: string,
  content: ContentKey,
  mayBeReplaced: boolean,
): Promise<Found> {
  const { sources, since } = await findSources(ask, formatContent(content));
  const found = sealedSources(sources, content, since);
  if (found.length > 0 || !mayBeReplaced || parseContent(wanted)) return found;
  const named = contentsOf((await findSources(ask, wanted)).sources, wanted);
  const isGone = !named.some((other) => isSameContent(other, content));
  return named.length > 0 && isGone ? "replaced" : found;
}

/** The sources of contents whose names were told instead. */
async function sourcesOf(ask: Ask, named: readonly NamedContent[] = []): Promise<Source[]> {
  const found: Source[] = [];
  for (const { name, details: { id, size } } of named) {
    const reply = await ask({ verb: "get", name });
    const sources = reply.kind === "sources" ? reply.sources : [];
    found.push(...sources.filter(({ file }) => {
      return file?.details?.size === size && file.details.id === id;
    }));
  }
  return found;
}
