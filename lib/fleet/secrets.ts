/**
 * What keeps etcd, and whoever reads its disks, from learning anything: values are sealed, and keys
 * are made of marks, which stand for a text and tell only where the same one comes again.
 *
 * @module
 */

import { hkdfSync } from "node:crypto";
import { KEY_BYTES } from "../protocol/aead.ts";
import { toBase64Url } from "../protocol/base64url.ts";
import { PADDED_BYTES } from "../protocol/sealed_text.ts";
import { macOf, openAtRandom, sealAtRandom } from "../protocol/sodium_aead.ts";
import { encodeUtf8, encodeUtf8Into } from "../protocol/utf8.ts";

/** Bytes of a mark: no two of a fleet are ever the same by chance. */
const MARK_BYTES = 16;
const LENGTH_BYTES = 4;
/** Most values and keys are shorter. To use one array again costs much less than a new one each time. */
const USUAL_BYTES = 1_024;

/** Hears of values that do not open, and are left out. */
export interface ValueWatcher {
  readonly onOddValue?: ((key: string) => void) | undefined;
}

/** The keys that follow from the cluster key, one for each purpose. */
export class Secrets {
  readonly #marks: Uint8Array;
  readonly #values: Uint8Array;
  readonly #text = new Uint8Array(USUAL_BYTES);
  readonly #padded = new Uint8Array(USUAL_BYTES);

  /** @param clusterKey {@linkcode KEY_BYTES} random bytes, the same at all servers of the fleet */
  constructor(clusterKey: Uint8Array) {
    this.#marks = derive(clusterKey, "marks");
    this.#values = derive(clusterKey, "values");
  }

  /** The mark of `texts`, none of which holds a zero character. */
  mark(...texts: readonly string[]): string {
    const bytes = encodeUtf8Into(this.#text, texts.join("\0"));
    return toBase64Url(macOf(this.#marks, bytes, MARK_BYTES));
  }

  /** Seals the value of `key`, padded to a multiple of 64 bytes: it opens as that of no other one. */
  seal(key: string, value: Uint8Array): Uint8Array {
    return sealAtRandom(this.#values, encodeUtf8Into(this.#text, key), this.#pad(value));
  }

  /** What was sealed as the value of `key`, or `undefined` if it is not exactly that. */
  open(key: string, sealed: Uint8Array): Uint8Array | undefined {
    const padded = openAtRandom(this.#values, encodeUtf8(key), sealed);
    if (!padded || padded.length < LENGTH_BYTES) return undefined;
    const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
    const end = LENGTH_BYTES + length;
    return end <= padded.length ? padded.subarray(LENGTH_BYTES, end) : undefined;
  }

  /** To be used at once. */
  #pad(value: Uint8Array): Uint8Array {
    const end = LENGTH_BYTES + value.length;
    const length = Math.ceil(end / PADDED_BYTES) * PADDED_BYTES;
    const padded = length <= USUAL_BYTES
      ? this.#padded.subarray(0, length)
      : new Uint8Array(length);
    new DataView(padded.buffer).setUint32(0, value.length);
    padded.set(value, LENGTH_BYTES);
    return padded.fill(0, end);
  }
}

function derive(clusterKey: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(
    hkdfSync("sha256", clusterKey, "", `BitTrickle fleet ${purpose}`, KEY_BYTES),
  );
}
