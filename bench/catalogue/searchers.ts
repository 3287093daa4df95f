/**
 * Ways to search names, to compare with each other.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import type { Catalogue } from "../../lib/index/catalogue/catalogue.ts";
import { COUNTED_MATCHES } from "../../lib/protocol/limits.ts";
import { searchFor } from "../../lib/protocol/search_query.ts";

/** Rows of a page; those beyond are counted. */
const PAGE = 25;
const MOST = PAGE + COUNTED_MATCHES;

/** Answers a search: the first names of a page, and how many there are, up to a limit. */
export type Searcher = (words: readonly string[]) => number;

/** The catalogue of this project. */
export function ours(catalogue: Catalogue): Searcher {
  return (words) => {
    const page: unknown[] = [];
    let found = 0;
    for (const [first] of catalogue.search(searchFor(words))) {
      if (found < PAGE) page.push([first!.name, first!.details]);
      if (++found === MOST) break;
    }
    return found;
  };
}

/** SQLite's full-text index of trigrams, in memory; words too short for it are looked for in all. */
export function fts5(names: readonly string[]): Searcher {
  const database = new DatabaseSync(":memory:");
  database.exec("create virtual table f using fts5(name, tokenize = 'trigram case_sensitive 1')");
  database.exec("begin");
  const insert = database.prepare("insert into f (name) values (?)");
  for (const name of names) insert.run(name);
  database.exec("commit");
  const match = database.prepare(
    `select name from f where f match ? order by name limit ${MOST}`,
  );
  const glob = database.prepare(
    `select name from f where instr(name, ?) and instr(name, ?) order by name limit ${MOST}`,
  );
  return (words) => {
    const isShort = words.some((word) => [...word].length < 3);
    if (isShort) return glob.all(words[0]!, words.at(-1)!).length;
    return match.all(words.map((word) => `"${word.replaceAll('"', '""')}"`).join(" ")).length;
  };
}
