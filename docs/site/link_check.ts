/**
 * Whether the links of the pages lead anywhere. Nothing is fetched for that.
 *
 * @module
 */

import type { Target } from "./links.ts";
import type { Page } from "./page.ts";

/** Other hosts that the pages may name: those of what the programs are made of. */
const HOSTS = ["nodejs.org", "deno.com", "semver.org"];

/** What a page is called to check its links. */
type LinkedPage = Pick<Page, "source" | "headings" | "targets">;

/**
 * The links that lead nowhere, a line each.
 *
 * @param isThere Whether a path from the root of the repository is there
 */
export async function linkFaults(
  pages: readonly LinkedPage[],
  isThere: (path: string) => Promise<boolean>,
): Promise<string[]> {
  const anchors = new Map(pages.map(({ source, headings }) => {
    return [source, new Set(headings.map(({ anchor }) => anchor))];
  }));
  const isGood = async (to: Target) => {
    if (to.kind === "elsewhere") return isAllowed(to.href);
    if (to.kind !== "page") return await isThere(to.source);
    return to.anchor === "" || anchors.get(to.source)?.has(to.anchor) === true;
  };
  const faults: string[] = [];
  for (const { source, targets } of pages) {
    for (const to of targets) if (!await isGood(to)) faults.push(`${source}: ${say(to)}`);
  }
  return faults;
}

function isAllowed(href: string): boolean {
  const { protocol, hostname } = new URL(href);
  return protocol === "https:" && HOSTS.includes(hostname);
}

function say(to: Target): string {
  if (to.kind === "elsewhere") return to.href;
  return to.kind === "page" ? `${to.source}#${to.anchor}` : to.source;
}
