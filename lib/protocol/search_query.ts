/**
 * What a search asks for, and how a person writes it.
 *
 * @module
 */

import { malformed } from "../errors.ts";
import { parseByteSize } from "./byte_size.ts";
import { SEARCH_TERMS } from "./limits.ts";
import { credentialFault } from "./names.ts";

/**
 * A search: a name that is found holds every word, and meets every condition that is there. There are
 * at most {@linkcode SEARCH_TERMS} words and as many extensions.
 */
export interface SearchQuery {
  readonly words: readonly string[];
  /** Whether the words are found in letters of any case. */
  readonly isAnyCase: boolean;
  /** Who publishes it. */
  readonly user?: string;
  /** One of which the name ends in, after a dot, in letters of any case; none if it does not matter. */
  readonly extensions: readonly string[];
  /** Bytes that the file has more than. */
  readonly larger?: number;
  /** Bytes that the file has less than. */
  readonly smaller?: number;
}

type Filter = (value: string) => Partial<SearchQuery>;

const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ["user", (value) => ({ user: parseUser(value) })],
  ["ext", (value) => ({ extensions: parseExtensions(value) })],
  ["larger", (value) => ({ larger: parseSize("larger", value) })],
  ["smaller", (value) => ({ smaller: parseSize("smaller", value) })],
  ["case", (value) => ({ isAnyCase: parseCase(value) })],
]);

/** The search for a name that holds every one of `words`, letter for letter. */
export function searchFor(words: readonly string[]): SearchQuery {
  return { words, extensions: [], isAnyCase: false };
}

/**
 * The search that `text` means: words split by spaces, and filters, `user:hans`, `ext:pdf,epub`,
 * `larger:10MB`, `smaller:1GB`, `case:any`. No name holds a colon, so that no word needs one.
 *
 * @throws {BitTrickleError} `malformed`, with the reason
 */
export function parseSearch(text: string): SearchQuery {
  const parts = text.split(" ").filter((part) => part !== "");
  if (parts.length === 0) throw malformed("bad search: it is empty");
  const filters = new Map<string, Partial<SearchQuery>>();
  for (const part of parts.filter((part) => part.includes(":"))) {
    const key = part.slice(0, part.indexOf(":"));
    const filter = FILTERS.get(key);
    if (!filter) throw malformed(`bad search: there is no filter ${key}:`);
    if (filters.has(key)) throw malformed(`bad search: ${key}: is there twice`);
    filters.set(key, filter(part.slice(key.length + 1)));
  }
  const words = distinct("word", parts.filter((part) => !part.includes(":")));
  return Object.assign({}, searchFor(words), ...filters.values());
}

/** `text` as it is sent for a person: in any case unless it has a capital letter or says otherwise. */
export function withSmartCase(text: string): string {
  const words = text.split(" ").filter((part) => !part.includes(":"));
  const isAnyCase = words.every((word) => word === word.toLowerCase());
  return isAnyCase && !/(?:^| )case:/.test(text) ? `${text} case:any` : text;
}

/** Each of `terms` once, if they are few enough: every one has to be looked for. */
function distinct(kind: string, terms: readonly string[]): string[] {
  const different = [...new Set(terms)];
  if (different.length <= SEARCH_TERMS) return different;
  const count = `it has ${different.length} different ${kind}s`;
  throw malformed(`bad search: ${count}, and ${SEARCH_TERMS} at most may be there`);
}

function parseUser(value: string): string {
  const fault = credentialFault(value);
  if (fault) throw malformed(`bad search: user: ${fault}`);
  return value;
}

function parseExtensions(value: string): string[] {
  const extensions = value.split(",").map((extension) => extension.replace(/^\./, ""));
  if (extensions.some((it) => it === "")) throw malformed("bad search: ext: one is empty");
  return distinct("extension", extensions);
}

function parseSize(key: string, value: string): number {
  const bytes = parseByteSize(value);
  if (bytes !== undefined) return bytes;
  throw malformed(`bad search: ${key}: expected a size such as 500kB, 10MB or 1.5GB`);
}

function parseCase(value: string): boolean {
  if (value !== "any" && value !== "exact") {
    throw malformed("bad search: case: expected any or exact");
  }
  return value === "any";
}
