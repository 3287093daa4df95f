/**
 * What a release says of itself, in the `release.json` beside its files, and which of two is newer.
 *
 * @module
 */

import { compare } from "@std/semver/compare";
import { parse } from "@std/semver/parse";
import { malformed } from "../errors.ts";

/** A release. */
export interface Release {
  readonly version: string;
  /** Its day, as 2026-11-27. */
  readonly date: string;
}

/** Longest version that is shown: nobody needs more. */
const MOST_CHARACTERS = 64;

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The release that `text` describes.
 *
 * @throws {BitTrickleError} `malformed`
 */
export function parseRelease(text: string): Release {
  const { version, date }: Record<string, unknown> = Object(parsed(text));
  if (typeof version !== "string" || !isVersion(version)) throw fault("no version");
  if (typeof date !== "string" || !DATE.test(date)) throw fault("no date");
  return { version, date };
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed("What the page of releases says of the newest one is no JSON", cause);
  }
}

function fault(what: string) {
  return malformed(`What the page of releases says of the newest one has ${what}`);
}
