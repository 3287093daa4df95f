/**
 * All keys at one revision, in pages.
 *
 * @module
 */

import type { CallOptions } from "./gateway.ts";
import type { Engine, RangePage } from "./engine.ts";

/**
 * Keys of a page: few enough for one to be decoded while the next one comes, and many, as etcd 3.4 counts
 * all keys that are left for each.
 */
export const PAGE_KEYS = 20_000;
/** Longest that a page may take, in milliseconds: etcd sorts out a million keys for it. */
const PAGE_MS = 20_000;

/**
 * The keys that begin with `prefix` in their order, all at the revision of the first page. While one page
 * is used the next one is on its way.
 *
 * @throws {BitTrickleError} as {@linkcode Engine}
 */
export async function* snapshot(
  engine: Engine,
  prefix: string,
  options: CallOptions & { readonly pageKeys?: number } = {},
): AsyncGenerator<RangePage> {
  const { pageKeys: limit = PAGE_KEYS, ...call } = options;
  const ask = (from: string, revision?: number) => {
    return engine.range({ prefix, from, revision, limit }, {
      ms: PAGE_MS,
      attemptMs: PAGE_MS,
      ...call,
    });
  };
  let page = await ask(prefix);
  const { revision } = page;
  for (;;) {
    const last = page.entries.at(-1);
    const next = page.hasMore && last ? ask(`${last.key}\0`, revision) : undefined;
    next?.catch(() => {}); // It may fail while nobody waits for it yet.
    yield { ...page, revision };
    if (!next) return;
    page = await next;
  }
}
