/**
 * What a large catalogue costs: memory, time to load, searches against SQLite's trigram index and a
 * plain scan, and requests. `deno task bench:catalogue [publications …]` prints one JSON object a
 * line; times are milliseconds, memory is bytes for each publication.
 *
 * @module
 */

import { toStderr, toStdout } from "../../lib/cli/write.ts";
import { Catalogue } from "../../lib/index/catalogue.ts";
import { type PublishedFile, publishedFiles } from "../../tests/support/published_files.ts";
import { fts5, ours, scan, type Searcher } from "./contenders.ts";
import { queriesFor } from "./queries.ts";
import { measureRequests } from "./requests.ts";
import { summarize, timeOf, timesOf } from "./times.ts";

const SIZES: readonly number[] = [1_000, 10_000, 100_000, 1_000_000];
/** Searches of each kind; a slow contender gets fewer. */
const SEARCHES = 1_000;
const SLOW_SEARCHES = 50;
/** Names that requests are about: no more than a session may make requests at once. */
const SAMPLE = 1_500;

declare const gc: () => void;

/** `publications` different ones by as many users as a hundredth of that. */
function* filesOf(publications: number): Generator<PublishedFile> {
  const users = Math.max(10, publications / 100);
  const seen = new Set<string>();
  for (const file of publishedFiles({ users, shared: publications * 0.3, seed: 1 })) {
    const key = `${file.user} ${file.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    yield file;
    if (seen.size === publications) return;
  }
}

function tell(line: Record<string, unknown>): void {
  toStdout(`${JSON.stringify(line)}\n`);
}

/** What is in use; buffers are given back only after a second collection. */
function memory(): { heap: number; rss: number } {
  gc();
  gc();
  const { heapUsed, external, rss } = Deno.memoryUsage();
  return { heap: heapUsed + external, rss };
}

/** Loads a catalogue; what it takes is measured without the files themselves. */
function load(publications: number): Catalogue {
  const files = [...filesOf(publications)];
  const before = memory();
  const catalogue = new Catalogue();
  const times = files.map(({ user, name, details }) => {
    return timeOf(() => catalogue.apply({ kind: "publish", user, name, details }));
  });
  const after = memory();
  tell({
    publications,
    what: "load",
    seconds: times.reduce((a, b) => a + b) / 1_000,
    ...summarize(times),
    heapPerPublication: (after.heap - before.heap) / publications,
    rssPerPublication: (after.rss - before.rss) / publications,
  });
  return catalogue;
}

function measureSearches(
  publications: number,
  contender: string,
  search: Searcher,
  queries: Readonly<Record<string, readonly (readonly string[])[]>>,
  count: number,
): void {
  for (const [what, all] of Object.entries(queries)) {
    tell({ publications, what, contender, ...timesOf(all.slice(0, count), search) });
  }
}

function measure(publications: number): void {
  toStderr(`${publications} publications …\n`);
  const catalogue = load(publications);
  const names = [...new Set(filesOf(publications).map(({ name }) => name))];
  const sample = Array.from({ length: SAMPLE }, (_, i) => {
    return names[Math.floor(i * names.length / SAMPLE)]!;
  });
  const queries = queriesFor(sample, SEARCHES);
  measureSearches(publications, "ours", ours(catalogue), queries, SEARCHES);
  measureSearches(publications, "fts5", fts5(names), queries, SLOW_SEARCHES);
  measureSearches(publications, "scan", scan(names), queries, SLOW_SEARCHES);
  const requests = measureRequests(filesOf(publications), sample, queries);
  for (const [what, times] of Object.entries(requests)) tell({ publications, what, ...times });
}

if (import.meta.main) {
  const sizes = Deno.args.map(Number);
  for (const publications of sizes.length > 0 ? sizes : SIZES) measure(publications);
}
