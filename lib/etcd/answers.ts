/**
 * Reading etcd's answers, of which nothing is believed before it is checked. Its gateway writes
 * numbers of 64 bits as text, bytes in base64, and leaves out what is zero, false or empty.
 *
 * @module
 */

import { malformed } from "../errors.ts";

/** An object in JSON. */
export type JsonObject = { readonly [name: string]: unknown };

const DIGITS = /^\d{1,16}$/;

/** `value`, which has to be an object. @throws {BitTrickleError} `malformed` */
export function asObject(value: unknown, what: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw odd(what);
}

/** The elements of `value`; none if there is no value. @throws {BitTrickleError} `malformed` */
export function asList(value: unknown, what: string): readonly unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw odd(what);
}

/** The whole number in `value`, 0 if there is none. @throws {BitTrickleError} `malformed` */
export function asCount(value: unknown, what: string): number {
  if (value === undefined) return 0;
  const count = typeof value === "string" && DIGITS.test(value) ? Number(value) : NaN;
  if (Number.isSafeInteger(count)) return count;
  throw odd(what);
}

/** The identifier in `value`, which has 64 bits. @throws {BitTrickleError} `malformed` */
export function asId(value: unknown, what: string): string {
  if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) return value;
  throw odd(what);
}

/** The bytes in `value`, none if there is no value. @throws {BitTrickleError} `malformed` */
export function asBytes(value: unknown, what: string): Uint8Array<ArrayBuffer> {
  if (value === undefined) return new Uint8Array();
  if (typeof value !== "string") throw odd(what);
  try {
    return Uint8Array.fromBase64(value);
  } catch (cause) {
    throw odd(what, cause);
  }
}

/** The text in ASCII that the bytes in `value` are. @throws {BitTrickleError} `malformed` */
export function asKey(value: unknown, what: string): string {
  if (typeof value !== "string") throw odd(what);
  try {
    return atob(value);
  } catch (cause) {
    throw odd(what, cause);
  }
}

/** The text in `value`, which may stand in a header of HTTP. @throws {BitTrickleError} `malformed` */
export function asToken(value: unknown, what: string): string {
  if (typeof value === "string" && /^[\x21-\x7e]+$/.test(value)) return value;
  throw odd(what);
}

/** The error of an answer with something that it cannot have. */
export function odd(what: string, cause?: unknown): Error {
  return malformed(`etcd answers with ${what} that is none: is it etcd 3.4 or newer?`, cause);
}
