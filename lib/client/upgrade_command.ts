/**
 * `upgrade --check`: whether there is a newer release.
 *
 * @module
 */

import { VERSION } from "../cli/version.ts";
import { BitTrickleError } from "../errors.ts";
import { newestRelease } from "../releases/newest_release.ts";
import { isNewer } from "../releases/release.ts";
import { escapeText } from "../protocol/escape.ts";
import type { Outcome } from "./outcome.ts";

const NO_CHECK =
  "upgrade only tells what is newer, and replaces nothing: upgrade --check. The install script " +
  "that comes with a release puts it in the place of this one";

const NO_PAGE = "This client was built without the address of a page of releases: set " +
  "BITTRICKLE_RELEASES to it, or ask whoever gave you the program";

/**
 * Asks the page of releases `page` for the newest one.
 *
 * @throws {BitTrickleError} `usage`, or what asking throws
 */
export async function checkUpgrade(
  isCheck: boolean,
  page: string | null | undefined,
): Promise<Outcome> {
  if (!isCheck) throw new BitTrickleError("usage", NO_CHECK);
  if (!page) throw new BitTrickleError("usage", NO_PAGE);
  const { version, date } = await newestRelease(page);
  const newer = isNewer(version, VERSION);
  return {
    lines: [newer ? newerLine(version, date, page) : newestLine(version)],
    fields: { installed: VERSION, newest: version, date, newer, releases: page },
  };
}

function newerLine(version: string, date: string, page: string): string {
  return `BitTrickle ${version} of ${date} is newer than this ${VERSION}: ${escapeText(page)}`;
}

function newestLine(version: string): string {
  return version === VERSION
    ? `This is BitTrickle ${VERSION}, the newest release`
    : `This is BitTrickle ${VERSION}; the newest release is ${version}`;
}
