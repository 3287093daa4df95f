/**
 * The index of the site: what a browser needs to search in it, without asking anybody.
 *
 * @module
 */

import { placeOf } from "./contents.ts";
import { type Heading, headingsOf, plainText } from "./headings.ts";
import { loadSearchIndex } from "./packages.ts";
import type { Page } from "./page.ts";

/** How the browser searches, too. */
const OPTIONS = {
  fields: ["heading", "title", "text"],
  storeFields: ["heading", "title", "place", "begin"],
  searchOptions: { boost: { heading: 4, title: 2 }, prefix: true, fuzzy: 0.15, combineWith: "AND" },
} as const;

/** How much of a section is shown below its heading, in characters. */
const BEGIN_LENGTH = 140;

/** What is found: a page, from one heading to the next. */
interface Section {
  readonly id: number;
  readonly heading: string;
  readonly title: string;
  readonly place: string;
  readonly text: string;
  readonly begin: string;
}

/** A script that holds the index of `pages`. */
export async function searchIndexScript(pages: readonly Page[]): Promise<string> {
  const index = await loadSearchIndex(OPTIONS);
  index.addAll(pages.flatMap(sectionsOf).map((section, id): Section => ({ ...section, id })));
  const parts = { options: OPTIONS, index: JSON.stringify(index) };
  return `globalThis.SEARCH = ${JSON.stringify(parts)};\n`;
}

function sectionsOf({ source, title, tokens }: Page): Omit<Section, "id">[] {
  const headings: Iterator<Heading> = headingsOf(tokens).values();
  const sections: { heading: Heading; texts: string[] }[] = [];
  for (const token of tokens) {
    if (token.type === "heading") sections.push({ heading: headings.next().value, texts: [] });
    else if (token.type !== "space") sections.at(-1)?.texts.push(plainText(token));
  }
  return sections.map(({ heading, texts }) => {
    const text = texts.join(" ").replaceAll(/\s+/g, " ");
    const place = `${placeOf(source)}#${heading.anchor}`;
    const begin = text.length > BEGIN_LENGTH ? `${text.slice(0, BEGIN_LENGTH)} …` : text;
    return { heading: heading.text, title, place, text, begin };
  });
}
