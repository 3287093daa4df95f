/**
 * Where the links of a page lead in the site. All are relative, so that it may lie anywhere.
 *
 * @module
 */

import { dirname, join, relative } from "@std/path";
import { PAGES, placeOf } from "./contents.ts";

/** Where a link leads. */
export type Target =
  | { readonly kind: "elsewhere"; readonly href: string }
  | {
    readonly kind: "page";
    readonly href: string;
    readonly source: string;
    readonly anchor: string;
  }
  | { readonly kind: "file"; readonly href: string; readonly source: string }
  /** A file of the repository that is not in the site. */
  | { readonly kind: "none"; readonly source: string };

/** What `href` means on the page of `source`. */
export function targetOf(href: string, source: string): Target {
  if (/^[a-z]+:/.test(href)) return { kind: "elsewhere", href };
  const [path = "", anchor = ""] = href.split("#");
  const meant = path === "" ? source : slashed(join(dirname(source), path));
  const there = relativePlace(placeOf(meant), source);
  if (PAGES.includes(meant)) {
    const hash = anchor === "" ? "" : `#${anchor}`;
    const href = path === "" ? hash : there + hash;
    return { kind: "page", href, source: meant, anchor };
  }
  if (meant.startsWith("docs/")) return { kind: "file", href: there, source: meant };
  return { kind: "none", source: meant };
}

/** The way from the page of `source` to `place` in the site. */
export function relativePlace(place: string, source: string): string {
  return slashed(relative(dirname(placeOf(source)), place));
}

function slashed(path: string): string {
  return path.replaceAll("\\", "/");
}
