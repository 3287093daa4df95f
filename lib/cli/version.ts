/**
 * Which BitTrickle this is.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import stamp from "./build.json" with { type: "json" };

/** Where an executable comes from; nothing of it is known of one that was not made for a release. */
export interface Build {
  /** The commit, in 40 hexadecimal digits. */
  readonly commit: string | null;
  /** The day of the commit, as 2026-11-27. */
  readonly date: string | null;
  /** The address of the page of releases. */
  readonly releases: string | null;
}

/** The version of both programs. */
export const VERSION: string = config.version;

/** What `deno task release` has written into the executable. */
export const BUILD: Build = stamp;

/** Digits of a commit that name it. */
const SHORT_COMMIT = 12;

/** What `--version` says of the program `name`; the version is its second word. */
export function versionLine(name: string, { commit, date }: Build = BUILD): string {
  const from = commit === null
    ? "not a release"
    : `commit ${commit.slice(0, SHORT_COMMIT)} of ${date}`;
  return `${name} ${VERSION} (${from}, Deno ${Deno.version.deno})`;
}
