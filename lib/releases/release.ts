/**
 * What a release says of itself, in the `release.json` beside its files, and which of two is newer.
 *
 * @module
 */

import { compare } from "@std/semver/compare";
import { parse } from "@std/semver/parse";
import { type BitTrickleError, malformed } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";

/** A release. */
export interface Release {
  readonly version: string;
  /** Its day, as 2026-11-27. */
  readonly date: string;
}

/** Longest version that is shown: nobody needs more. */
const MOST_CHARACTERS = 64;

const NO_JSON = "tells of the newest one in a text that is no JSON";
const NO_VERSION = "tells no version of the newest one";
const NO_DATE = "tells no date of the newest one";

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The release that `text` describes.
 *
 * @param page Where that comes from
 * @throws {BitTrickleError} `malformed`
 */
export function parseRelease(text: string, page: string): Release {
  const { version, date }: Record<string, unknown> = Object(parsed(text, page));
  if (typeof version !== "string" || !isVersion(version)) throw pageFault(page, NO_VERSION);
  if (typeof date !== "string" || !DATE.test(date)) throw pageFault(page, NO_DATE);
  return { version, date };
}

/** The error for a page of releases at `page` that does `what` it should not. */
export function pageFault(page: string, what: string, cause?: unknown): BitTrickleError {
  const advice = "check its address, or ask whoever runs it";
  return malformed(`The page of releases at ${escapeText(page)} ${what}: ${advice}`, cause);
}

/** Whether the version `one` is newer than `other`, by the rules of Semantic Versioning 2.0. */
export function isNewer(one: string, other: string): boolean {
  return compare(parse(one), parse(other)) > 0;
}

function isVersion(text: string): boolean {
  if (text.length > MOST_CHARACTERS || /\s/.test(text)) return false;
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

function parsed(text: string, page: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw pageFault(page, NO_JSON, cause);
  }
}
