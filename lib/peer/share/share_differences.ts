/**
 * Finding out where the index and this client disagree about a share, for the cost of a few datagrams
 * where they do not: see `digest.ts`.
 *
 * @module
 */

import { malformed } from "../../errors.ts";
import { turn } from "../../async/turn.ts";
import { bucketOf, BUCKETS, formatBucket, OWN_SHARE, ShareSums } from "../../protocol/digest.ts";
import { PUBLICATIONS_PER_USER } from "../../protocol/limits.ts";
import type { FileDetails } from "../../protocol/messages.ts";
import type { Ask, List } from "../session/index_session.ts";
import { isSameFile } from "./identity.ts";
import type { PublishedFiles } from "./published_files.ts";

/** If more buckets than these differ, it is quicker to list the share than one bucket after the other. */
const MOST_BUCKETS = BUCKETS / 16;

/** Names that are taken from an index: all that one user may publish, and what comes and goes meanwhile. */
const MOST_LISTED = 2 * PUBLICATIONS_PER_USER;
const TOO_MANY = "the index lists more than one user may publish";

/** What the index has otherwise than this client. */
export class ShareDifferences {
  readonly #buckets: ReadonlySet<number>;
  /** What the index lists in those buckets. */
  readonly #listed: ReadonlyMap<string, FileDetails | undefined>;

  constructor(
    buckets: ReadonlySet<number>,
    listed: ReadonlyMap<string, FileDetails | undefined>,
  ) {
    this.#buckets = buckets;
    this.#listed = listed;
  }

  /** Whether there are none. */
  get isEmpty(): boolean {
    return this.#buckets.size === 0;
  }

  /** What the index has as `name`, of which this client has `own`. */
  of(name: string, own: FileDetails | undefined): "same" | "other" | "none" {
    if (!this.#buckets.has(bucketOf(name))) return "same";
    if (!this.#listed.has(name)) return "none";
    return isSameFile(own, this.#listed.get(name)) ? "same" : "other";
  }

  /** The names that the index lists where there are differences. */
  get names(): Iterable<string> {
    return this.#listed.keys();
  }
}

/**
 * Compares what the index has of the asker's share with what is published from here.
 *
 * @throws {BitTrickleError} of `ask`, or `malformed` for an index that lists more than there can be
 */
export async function findDifferences(
  ask: Ask,
  files: PublishedFiles,
): Promise<ShareDifferences> {
  const sums = await sumsOf(files);
  const reply = await ask({ verb: "share", digest: sums.digest() });
  const buckets = reply.kind === "list" ? differing(sums, reply) : new Set<number>();
  return new ShareDifferences(buckets, await listed(ask, buckets));
}

/** Lets others have a turn after each page: hashing 100,000 rows takes half a second. */
async function sumsOf(files: PublishedFiles): Promise<ShareSums> {
  const sums = new ShareSums();
  for (const page of files.pages()) {
    for (const { name, details } of page) sums.change(name, details, 1);
    await turn();
  }
  return sums;
}

function differing(own: ShareSums, { items, digests = [] }: List): Set<number> {
  const theirs = new Map(items.map((bucket, i) => [bucket, digests[i]]));
  const all = Array.from({ length: BUCKETS }, (_, bucket) => bucket);
  return new Set(all.filter((bucket) => own.of(bucket) !== theirs.get(formatBucket(bucket))));
}

async function listed(
  ask: Ask,
  buckets: ReadonlySet<number>,
): Promise<Map<string, FileDetails | undefined>> {
  const found = new Map<string, FileDetails | undefined>();
  const areMany = buckets.size > MOST_BUCKETS;
  for (const within of areMany ? [OWN_SHARE] : [...buckets].map(formatBucket)) {
    const { items, details } = await ask({ verb: "lpf", within }) as List;
    for (const [i, name] of items.entries()) found.set(name, details?.[i]);
    if (found.size > MOST_LISTED) throw malformed(TOO_MANY);
  }
  return found;
}
