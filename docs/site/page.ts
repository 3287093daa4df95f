/**
 * A page: Markdown read, and written as HTML.
 *
 * @module
 */

import { flowchartTable } from "./flowchart.ts";
import { Anchors, type Heading, headingsOf, plainText } from "./headings.ts";
import { escapeHtml } from "./html.ts";
import { type Target, targetOf } from "./links.ts";
import { loadMarked, type Marked, type Renderer, type Token } from "./packages.ts";

/** A page. */
export interface Page {
  /** Its path from the root of the repository. */
  readonly source: string;
  readonly title: string;
  readonly headings: readonly Heading[];
  readonly tokens: readonly Token[];
  /** What stands in the middle of it. */
  readonly html: string;
  /** Where its links and pictures lead. */
  readonly targets: readonly Target[];
}

/** The page of `source` that says `text`. */
export async function readPage(source: string, text: string): Promise<Page> {
  const targets: Target[] = [];
  const marked = await loadMarked(rendererFor(source, targets));
  const tokens = marked.lexer(text);
  const headings = headingsOf(tokens);
  const title = headings[0]?.text;
  if (title === undefined) throw new Error(`${source} has no heading`);
  return { source, title, headings, tokens, html: write(marked, tokens), targets };
}

function write(marked: Marked, tokens: readonly Token[]): string {
  // A table may be wider than a phone: it is moved by itself, with keys as well.
  return marked.parser(tokens).replaceAll(
    /<table>.*?<\/table>/gs,
    (table) => `<div class="wide" tabindex="0">${table}</div>`,
  );
}

function rendererFor(source: string, targets: Target[]): Renderer {
  const anchors = new Anchors();
  const target = (token: Token) => {
    const target = targetOf(token.href!, source);
    targets.push(target);
    return target;
  };
  return {
    heading(token) {
      const anchor = anchors.next(plainText(token));
      const text = this.parser.parseInline(token.tokens!);
      const link = `<a class="anchor" href="#${anchor}" aria-hidden="true" tabindex="-1">#</a>`;
      return `<h${token.depth} id="${anchor}">${text}${link}</h${token.depth}>\n`;
    },
    link(token) {
      const text = this.parser.parseInline(token.tokens!);
      const to = target(token);
      return to.kind === "none" ? text : `<a href="${escapeHtml(to.href)}">${text}</a>`;
    },
    image(token) {
      const to = target(token);
      const href = to.kind === "none" ? token.href! : to.href;
      return `<img src="${escapeHtml(href)}" alt="${escapeHtml(token.text!)}">`;
    },
    code: ({ text = "", lang = "" }) => {
      if (lang === "mermaid") return flowchartTable(text);
      const code = `<code class="${escapeHtml(lang)}">${escapeHtml(text)}\n</code>`;
      return `<pre tabindex="0">${code}</pre>\n`;
    },
    html: ({ raw }) => escapeHtml(raw),
  };
}
