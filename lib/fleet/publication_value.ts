/**
 * A publication as etcd keeps it:
 *
 *     0    8  share
 *     8    8  size in bytes, f64 big-endian; -1 if nothing is known of the file
 *    16   32  id; zero if there is none
 *    48    2  bytes of the user, u16 big-endian
 *    50       user, UTF-8
 *             name, UTF-8, to the end
 *
 * @module
 */

import type { FileDetails } from "../protocol/messages.ts";
import { SHARE_DIGITS } from "../protocol/share.ts";
import { decodeUtf8, writeUtf8 } from "../protocol/utf8.ts";

/** What is kept of a publication. */
export interface KeptPublication {
  readonly user: string;
  readonly share: string;
  readonly name: string;
  readonly details?: FileDetails | undefined;
}

const SHARE_BYTES = SHARE_DIGITS / 2;
const SIZE_AT = SHARE_BYTES;
const ID_AT = SIZE_AT + 8;
const ID_BYTES = 32;
const LENGTH_AT = ID_AT + ID_BYTES;
const USER_AT = LENGTH_AT + 2;
/** Most bytes of a UTF-16 unit. */
const UTF8_BYTES = 3;
const NO_ID = "0".repeat(ID_BYTES * 2);

/** The bytes of a publication. */
export function encodePublication(publication: KeptPublication): Uint8Array {
  const bytes = new Uint8Array(mostBytesOf(publication));
  return bytes.subarray(0, writePublication(publication, bytes, 0));
}

/** Most bytes that a publication can take. */
export function mostBytesOf({ user, name }: { user: string; name: string }): number {
  return USER_AT + UTF8_BYTES * (user.length + name.length);
}

/** Writes a publication into `bytes`, which are zero from `at` on and enough. Returns where it ends. */
export function writePublication(
  { user, share, name, details }: KeptPublication,
  bytes: Uint8Array,
  at: number,
): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  bytes.subarray(at).setFromHex(share);
  view.setFloat64(SIZE_AT, details?.size ?? -1);
  if (details?.id !== undefined) bytes.subarray(at + ID_AT).setFromHex(details.id);
  const nameAt = writeUtf8(user, bytes, at + USER_AT);
  view.setUint16(LENGTH_AT, nameAt - at - USER_AT);
  return writeUtf8(name, bytes, nameAt);
}

/** Where in `bytes` the name begins of the publication that begins at `at`. */
export function nameStartsAt(bytes: Uint8Array, at: number): number {
  return at + USER_AT + (bytes[at + LENGTH_AT]! << 8 | bytes[at + LENGTH_AT + 1]!);
}

/** The publication that `bytes` are, or `undefined` if they are none. */
export function decodePublication(bytes: Uint8Array): KeptPublication | undefined {
  if (bytes.length < USER_AT) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const nameAt = nameStartsAt(bytes, 0);
  if (nameAt >= bytes.length) return undefined;
  const share = bytes.subarray(0, SHARE_BYTES).toHex();
  const size = view.getFloat64(SIZE_AT);
  try {
    const user = decodeUtf8(bytes.subarray(USER_AT, nameAt));
    const name = decodeUtf8(bytes.subarray(nameAt));
    if (size === -1) return { user, share, name };
    if (!Number.isSafeInteger(size) || size < 0) return undefined;
    const id = bytes.subarray(ID_AT, LENGTH_AT).toHex();
    return { user, share, name, details: id === NO_ID ? { size } : { size, id } };
  } catch {
    return undefined;
  }
}
