/**
 * Parts of a file, written as in HTTP (RFC 9110 section 14.1.2).
 *
 * @module
 */

/** Bytes from `first` to `last`, which is one of them and the file's last unless it is given, or the last `suffix` bytes. */
export type ByteRange =
  | { readonly first: number; readonly last?: number }
  | { readonly suffix: number };

/** The bytes from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The range that `0-499`, `500-` or `-500` means; `undefined` for anything else. */
export function parseByteRange(text: string): ByteRange | undefined {
  const [, from = "", to = ""] = /^([0-9]{0,15})-([0-9]{0,15})$/.exec(text) ?? [];
  if (from === "") return to === "" ? undefined : { suffix: Number(to) };
  if (to === "") return { first: Number(from) };
  return Number(from) <= Number(to) ? { first: Number(from), last: Number(to) } : undefined;
}

/** The bytes that `range` means of `size`; `undefined` if there are none, which HTTP answers with 416. */
export function spanOf(range: ByteRange, size: number): Span | undefined {
  const start = "suffix" in range ? Math.max(0, size - range.suffix) : range.first;
  const last = "suffix" in range ? size - 1 : Math.min(range.last ?? Infinity, size - 1);
  return start <= last ? { start, end: last + 1 } : undefined;
}
