/**
 * All keys at one revision, in pages.
 *
 * @module
 */

import type { EtcdClient, RangePage } from "../etcd/etcd_client.ts";
import type { CallOptions } from "../etcd/gateway.ts";
import { PUBLICATIONS } from "./layout.ts";

/**
 * Keys of a page: few enough for one to be decoded while the next one comes. A part that has more costs
 * more for each, as etcd 3.4 counts all keys that are left in it.
 */
export const PAGE_KEYS = 20_000;
/** Parts that are asked for while one is used. */
const PARTS_AHEAD = 2;
/** Longest that a page may take, in milliseconds: etcd sorts out a million keys for it. */
const PAGE_MS = 20_000;

/** Where keys are parted: by the first character of a user's mark, all of which are as frequent. */
const BOUNDARIES: readonly string[] = Array.from(
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
  (character) => PUBLICATIONS + character,
);

/** Keys from one to another. */
interface Part {
  readonly from: string;
  readonly to?: string | undefined;
}

/**
 * The keys that begin with `prefix`, all at the revision of the first page, in no order. While one page is
 * used the next ones are on their way.
 *
 * @throws {BitTrickleError} as {@linkcode EtcdClient}
 */
export async function* snapshot(
  etcd: EtcdClient,
  prefix: string,
  options: CallOptions & { readonly pageKeys?: number | undefined } = {},
): AsyncGenerator<RangePage> {
  const { pageKeys: limit = PAGE_KEYS, ...call } = options;
  const ask = async ({ from, to }: Part, revision?: number): Promise<RangePage> => {
    const query = { prefix, from, to, revision, limit };
    const page = await etcd.range(query, { ms: PAGE_MS, attemptMs: PAGE_MS, ...call });
    return { ...page, revision: revision ?? page.revision };
  };
  const first = await ask({ from: prefix });
  yield first;
  if (first.hasMore) yield* pagesOf(partsAfter(first), (part) => ask(part, first.revision));
}

/** A part whose first page is on its way. */
interface Asked {
  readonly to: string | undefined;
  readonly first: Promise<RangePage>;
}

/** The pages of `parts`. Who is done with one lets it go: all of them are the whole catalogue once more. */
async function* pagesOf(
  parts: readonly Part[],
  ask: (part: Part) => Promise<RangePage>,
): AsyncGenerator<RangePage> {
  const asked: Asked[] = [];
  for (const part of parts) {
    const first = ask(part);
    first.catch(() => {}); // It may fail while nobody waits for it yet.
    asked.push({ to: part.to, first });
    if (asked.length > PARTS_AHEAD) yield* pagesAfter(asked.shift()!, ask);
  }
  for (const each of asked) yield* pagesAfter(each, ask);
}

async function* pagesAfter(
  { to, first }: Asked,
  ask: (part: Part) => Promise<RangePage>,
): AsyncGenerator<RangePage> {
  let page = await first;
  yield page;
  for (; page.hasMore; yield page) page = await ask({ from: keyAfter(page), to });
}

/** All keys after a page. */
function partsAfter(page: RangePage): Part[] {
  const from = keyAfter(page);
  const starts = [from, ...BOUNDARIES.filter((boundary) => boundary > from)];
  return starts.map((from, i) => ({ from, to: starts[i + 1] }));
}

/** The first key that may follow a page. */
function keyAfter({ entries }: RangePage): string {
  return `${entries.at(-1)?.key}\0`;
}
