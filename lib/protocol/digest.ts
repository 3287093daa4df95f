/**
 * What a share holds, in few bytes: by these a client and the index find out whether, and where, they
 * disagree about it.
 *
 * A publication belongs to the bucket of its name, and is hashed as the row that lists it. A bucket is
 * told by the sum of the hashes in it, so that the order in which they came does not matter, and a
 * change costs one addition; a share by a hash of all sums.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { toBase64Url } from "./base64url.ts";
import { joinFields } from "./fields.ts";
import type { FileDetails } from "./messages.ts";
import { encodeUtf8 } from "./utf8.ts";

/** Buckets of a share: a change in one of 100,000 files costs some 15 pages of sums and 10 of names. */
export const BUCKETS = 1_024;
/** Bytes of the sum of a bucket. */
export const SUM_BYTES = 8;
/** Bytes of the digest of a share. */
export const DIGEST_BYTES = 16;
/** Stands for all of the asker's share where a bucket may be named. */
export const OWN_SHARE = "share";

const BUCKET = /^[0-3][0-9a-f]{2}$/;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Whether `text` names a bucket. */
export function isBucket(text: string): boolean {
  return BUCKET.test(text);
}

/** The name of bucket number `bucket`: three hexadecimal digits. */
export function formatBucket(bucket: number): string {
  return bucket.toString(16).padStart(3, "0");
}

/** The number of the bucket called `text`. */
export function parseBucket(text: string): number {
  return Number.parseInt(text, 16);
}

/**
 * The number of the bucket of `name`: FNV-1a of 32 bits over its UTF-8 bytes, both halves XORed, the
 * last 10 bits of that.
 */
export function bucketOf(name: string): number {
  let hash = FNV_OFFSET;
  for (const byte of encodeUtf8(name)) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return (hash >>> 16 ^ hash) & (BUCKETS - 1);
}

/** The sums of a share's buckets, each of 64 bits. */
export class ShareSums {
  readonly #sums = new BigUint64Array(BUCKETS);

  /** Takes in that a publication is there, or not any more. */
  change(name: string, details: FileDetails | undefined, change: 1 | -1): void {
    const hash = hashOf(name, details);
    this.#sums[bucketOf(name)]! += change === 1 ? hash : -hash;
  }

  /** The sum of `bucket`, in base64url; nothing if nothing is in it. */
  of(bucket: number): string | undefined {
    const sum = this.#sums[bucket]!;
    return sum === 0n ? undefined : toBase64Url(bytesOf([sum]));
  }

  /** The beginning of SHA-256 over all sums, in base64url. */
  digest(): string {
    const hash = createHash("sha256").update(bytesOf(this.#sums)).digest();
    return toBase64Url(hash.subarray(0, DIGEST_BYTES));
  }
}

/** The first 8 bytes of SHA-256 over the row that lists a publication, without its share. */
function hashOf(name: string, details: FileDetails | undefined): bigint {
  const row = joinFields([name, details?.size, details?.id]);
  return createHash("sha256").update(row).digest().readBigUInt64BE();
}

/** `sums` one after the other, big-endian. */
function bytesOf(sums: ArrayLike<bigint>): Uint8Array {
  const bytes = new Uint8Array(sums.length * SUM_BYTES);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < sums.length; i++) view.setBigUint64(i * SUM_BYTES, sums[i]!);
  return bytes;
}
