/**
 * How a content is named: by its id, or the beginning of one, and its size. A pieces root alone does
 * not bind the length of a file: one root may stand for two files of different sizes.
 *
 * @module
 */

import { isIdBeginning } from "./merkle.ts";

/** What a file holds, whatever it is called. */
export interface ContentKey {
  /** Its id in hexadecimal, see `merkle.ts`. */
  readonly id: string;
  /** Bytes. */
  readonly size: number;
}

/** Which contents are meant. */
export interface ContentQuery {
  /** The id, or its beginning of at least four digits. */
  readonly id: string;
  /** Bytes; any number of them if it is not given. */
  readonly size?: number;
}

/** The digits of a whole id. */
export const ID_DIGITS = 64;

/** Stands between id and size: no file name may hold it. */
const SEPARATOR = ":";

/** Writes a content as `<id>:<size>`, which no file can be called. */
export function formatContent({ id, size }: ContentKey): string {
  return `${id}${SEPARATOR}${size}`;
}

/** Reads `<id>` or `<id>:<size>`, where the id may be a beginning; `undefined` for anything else. */
export function parseContent(text: string): ContentQuery | undefined {
  const [id = "", size, ...rest] = text.split(SEPARATOR);
  if (!isIdBeginning(id) || rest.length > 0) return undefined;
  if (size === undefined) return { id };
  const isSize = /^(?:0|[1-9][0-9]{0,15})$/.test(size) && Number.isSafeInteger(Number(size));
  return isSize ? { id, size: Number(size) } : undefined;
}

/** Whether so much is known of a file that it can be told from others. */
export function hasId(details: Partial<ContentKey> | undefined): details is ContentKey {
  return details?.id !== undefined;
}

/** Whether `query` names exactly one content. */
export function isWhole(query: ContentQuery | undefined): query is ContentKey {
  return query?.size !== undefined && query.id.length === ID_DIGITS;
}

/** Whether `content` is one of those that `query` means. */
export function isMeant({ id, size }: ContentKey, query: ContentQuery): boolean {
  return id.startsWith(query.id) && (query.size === undefined || query.size === size);
}

/** Whether `a` and `b` are the same content. */
export function isSameContent(a: ContentKey, b: ContentKey): boolean {
  return a.id === b.id && a.size === b.size;
}
