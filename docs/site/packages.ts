/**
 * What the site's builder uses of two packages. They depend on nothing else, so that these versions
 * are all there is to pin; they stand neither in deno.json nor in deno.lock, since nobody needs them
 * who runs the programs.
 *
 * @module
 */

const MARKED = "npm:marked@18.2.1";
const MINISEARCH = "npm:minisearch@7.2.0";

/** A piece of Markdown. */
export interface Token {
  readonly type: string;
  readonly raw: string;
  readonly text?: string;
  readonly depth?: number;
  readonly lang?: string;
  readonly href?: string;
  readonly tokens?: readonly Token[];
  readonly items?: readonly Token[];
  readonly header?: readonly Token[];
  readonly rows?: readonly (readonly Token[])[];
}

/** What a renderer is called on. */
export interface RendererThis {
  readonly parser: { parseInline(tokens: readonly Token[]): string };
}

/** Writes the HTML of some kinds of tokens; `false` leaves it to the package. */
export type Renderer = Readonly<
  Record<string, (this: RendererThis, token: Token) => string | false>
>;

/** A parser and writer of Markdown. */
export interface Marked {
  lexer(text: string): Token[];
  parser(tokens: readonly Token[]): string;
}

/** An index in which somebody searches. */
export interface SearchIndex {
  addAll(documents: readonly object[]): void;
  toJSON(): unknown;
}

/** Makes a {@linkcode Marked} that writes by `renderer`. */
export async function loadMarked(renderer: Renderer): Promise<Marked> {
  const { Marked } = await import(MARKED);
  return new Marked({ gfm: true, renderer });
}

/** Makes an empty index. */
export async function loadSearchIndex(options: object): Promise<SearchIndex> {
  const { default: MiniSearch } = await import(MINISEARCH);
  return new MiniSearch(options);
}

/** The script that searches in a browser, where it makes `MiniSearch` a global. */
export async function searchScript(): Promise<string> {
  await import(MINISEARCH);
  const script = await Deno.readTextFile(
    new URL("../umd/index.js", import.meta.resolve(MINISEARCH)),
  );
  return script.replace(/^\/\/# sourceMappingURL=.*$/m, "");
}
