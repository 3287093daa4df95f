/**
 * What stands around the text of every page.
 *
 * @module
 */

import { CONTENTS, HOME, PAGES, placeOf } from "./contents.ts";
import { escapeHtml } from "./html.ts";
import { relativePlace } from "./links.ts";
import type { Page } from "./page.ts";

/** Nothing comes from anywhere else, and nothing inline runs. */
export const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
  "base-uri 'none'; form-action 'none'";

const STYLES = ["colors.css", "site.css", "text.css"];

/** The titles of pages, by their sources. */
export type Titles = ReadonlyMap<string, string>;

/** The whole page. */
export function layOut(page: Page, titles: Titles): string {
  const at = (place: string) => relativePlace(place, page.source);
  const root = at("assets").slice(0, -"assets".length);
  const name = page.source === HOME ? "BitTrickle" : `${escapeHtml(page.title)} · BitTrickle`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${name}</title>
<link rel="icon" href="${at("assets/icon.svg")}">
${STYLES.map((name) => `<link rel="stylesheet" href="${at(`assets/${name}`)}">`).join("\n")}
<link rel="stylesheet" href="${at("assets/print.css")}" media="print">
<script src="${at("assets/theme.js")}"></script>
<script src="${at("assets/search.js")}" defer></script>
</head>
<body data-root="${root}">
<a class="skip" href="#content">Skip to the text</a>
<header>
<a class="brand" href="${at(placeOf(HOME))}">BitTrickle</a>
<form role="search" hidden>
<label class="unseen" for="query">Search these pages</label>
<input id="query" type="search" placeholder="Search ( / )" autocomplete="off">
</form>
<a class="menu" href="#contents">Contents</a>
<button id="theme" type="button" hidden>Theme</button>
</header>
<section id="results" aria-label="What is found" hidden>
<p id="count" role="status"></p>
<ol></ol>
</section>
<div class="columns">
<main id="content" tabindex="-1">
${page.html}${neighbours(page, titles)}</main>
<nav id="contents" aria-label="All pages">
${CONTENTS.map(({ title, pages }) => partOf(title, pages, page, titles)).join("\n")}
</nav>
</div>
</body>
</html>
`;
}

function partOf(title: string, sources: readonly string[], page: Page, titles: Titles): string {
  const items = sources.map((source) => {
    const isHere = source === page.source;
    const link = linkTo(source, page, titles, isHere ? ' aria-current="page"' : "");
    return `<li>${link}${isHere ? sectionList(page) : ""}</li>`;
  });
  return `<h2>${escapeHtml(title)}</h2>\n<ul>\n${items.join("\n")}\n</ul>`;
}

function sectionList({ headings }: Page): string {
  const items = headings.filter(({ depth }) => depth === 2).map(({ text, anchor }) => {
    return `<li><a href="#${anchor}">${escapeHtml(text)}</a></li>`;
  });
  return items.length < 2 ? "" : `<ul>${items.join("")}</ul>`;
}

function neighbours(page: Page, titles: Titles): string {
  const here = PAGES.indexOf(page.source);
  const link = (source: string | undefined, relation: string, says: string) => {
    return source
      ? `<span>${says}: ${linkTo(source, page, titles, ` rel="${relation}"`)}</span>`
      : "";
  };
  const both = link(PAGES[here - 1], "prev", "Before") + link(PAGES[here + 1], "next", "Next");
  return `<p class="neighbours">${both}</p>\n`;
}

function linkTo(source: string, page: Page, titles: Titles, attributes: string): string {
  const href = escapeHtml(relativePlace(placeOf(source), page.source));
  return `<a href="${href}"${attributes}>${escapeHtml(titles.get(source)!)}</a>`;
}
