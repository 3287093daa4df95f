/**
 * Headings of a page, and by what they are linked: as GitHub does, so that links work there too.
 *
 * @module
 */

import type { Token } from "./packages.ts";

/** A heading. */
export interface Heading {
  readonly depth: number;
  readonly text: string;
  readonly anchor: string;
}

/** Gives each heading of one page an anchor of its own, in their order. */
export class Anchors {
  readonly #taken = new Map<string, number>();

  /** The anchor of the next heading, which says `text`. */
  next(text: string): string {
    const plain = text.toLowerCase().replace(/[^\p{L}\p{N}\p{Pc} -]/gu, "").replaceAll(" ", "-");
    const before = this.#taken.get(plain) ?? 0;
    this.#taken.set(plain, before + 1);
    return before === 0 ? plain : `${plain}-${before}`;
  }
}

/** The headings among `tokens`. */
export function headingsOf(tokens: readonly Token[]): Heading[] {
  const anchors = new Anchors();
  return tokens.filter(({ type }) => type === "heading").map((token) => {
    const text = plainText(token);
    return { depth: token.depth!, text, anchor: anchors.next(text) };
  });
}

/** What a reader sees of `token`, without any marks. */
export function plainText(token: Token): string {
  const { tokens, items, header, rows, text = "" } = token;
  const parts = items ?? (rows ? [...header!, ...rows.flat()] : undefined);
  if (parts) return parts.map(plainText).join(" ");
  return tokens ? tokens.map(plainText).join("") : token.type === "br" ? " " : text;
}
