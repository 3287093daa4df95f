/**
 * What a large catalogue costs: memory, time to load, searches against SQLite's trigram index and a
 * plain scan, and requests. `deno task bench:catalogue [publications …]` prints one JSON object a
 * line for each size; times are milliseconds, memory is bytes for each publication.
 *
 * @module
 */

import { toStderr, toStdout } from "../../lib/cli/write.ts";
import { Catalogue } from "../../lib/index/catalogue/catalogue.ts";
import { decodeUtf8, encodeUtf8 } from "../../lib/protocol/utf8.ts";
import { openData } from "../../lib/store/database.ts";
import { PublicationTable } from "../../lib/store/publication_table.ts";
import { inTransaction } from "../../lib/store/transaction.ts";
import { type PublishedFile, publishedFiles } from "../../tests/support/published_files.ts";
import { TempFolder } from "../temp_folder.ts";
import { fts5, ours, scan, type Searcher } from "./contenders.ts";
import type { Loaded } from "./load.ts";
import { type Queries, queriesFor } from "./queries.ts";
import { measureRequests } from "./requests.ts";
import { type Times, timesOf } from "./times.ts";

const SIZES: readonly number[] = [1_000, 10_000, 100_000, 1_000_000];
/** Searches of each kind; a slow contender gets fewer. */
const SEARCHES = 1_000;
const SLOW_SEARCHES = 50;
/** Names that requests are about: no more than a session may make requests at once. */
const SAMPLE = 1_500;

/** `publications` different ones by as many users as a hundredth of that, in the order of names. */
function filesOf(publications: number): PublishedFile[] {
  const users = Math.max(10, publications / 100);
  const files = new Map<string, PublishedFile>();
  for (const file of publishedFiles({ users, shared: publications * 0.3, seed: 1 })) {
    files.set(`${file.user} ${file.name}`, { ...file, name: decodeUtf8(encodeUtf8(file.name)) });
    if (files.size === publications) break;
  }
  return [...files.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Loads `files` from a data file. */
async function load(files: readonly PublishedFile[]): Promise<Loaded> {
  await using folder = await TempFolder.create();
  const path = `${folder.path}/data.db`;
  fill(path, files);
  const script = new URL("load.ts", import.meta.url).pathname;
  const args = ["run", "--quiet", "-A", "--v8-flags=--expose-gc", script, path];
  const command = new Deno.Command(Deno.execPath(), { args, stderr: "inherit" });
  return JSON.parse(decodeUtf8((await command.output()).stdout)) as Loaded;
}

function fill(path: string, files: readonly PublishedFile[]): void {
  using db = openData(path);
  const table = new PublicationTable(db);
  inTransaction(db, () => files.forEach((file) => table.apply({ kind: "publish", ...file })));
}

function catalogueOf(files: readonly PublishedFile[]): Catalogue {
  const catalogue = new Catalogue();
  for (const file of files) catalogue.apply({ kind: "publish", ...file });
  catalogue.settle();
  return catalogue;
}

/** The times of `search` by kind of search. */
function timesBy(queries: Queries, count: number, search: Searcher): Record<string, Times> {
  const kinds = Object.entries(queries);
  return Object.fromEntries(
    kinds.map(([kind, all]) => [kind, timesOf(all.slice(0, count), search)]),
  );
}

async function measure(publications: number): Promise<Record<string, unknown>> {
  const files = filesOf(publications);
  const names = [...new Set(files.map(({ name }) => name))];
  const sample = Array.from({ length: SAMPLE }, (_, i) => {
    return names[Math.floor(i * names.length / SAMPLE)]!;
  });
  const queries = queriesFor(sample, SEARCHES);
  return {
    publications,
    load: await load(files),
    ours: timesBy(queries, SEARCHES, ours(catalogueOf(files))),
    fts5: timesBy(queries, SLOW_SEARCHES, fts5(names)),
    scan: timesBy(queries, SLOW_SEARCHES, scan(names)),
    requests: measureRequests(files, sample, queries),
  };
}

if (import.meta.main) {
  const sizes = Deno.args.map(Number);
  for (const publications of sizes.length > 0 ? sizes : SIZES) {
    toStderr(`${publications} publications …\n`);
    toStdout(`${JSON.stringify(await measure(publications))}\n`);
  }
}
