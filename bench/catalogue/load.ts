/**
 * What it takes to load a catalogue and to change it, in a process of its own, so that its memory is
 * nobody else's: `load.ts <data file>` prints a line of JSON.
 *
 * @module
 */

import { toStdout } from "../../lib/cli/write.ts";
import { Catalogue, type CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";
import { openData } from "../../lib/store/database.ts";
import { publicationsIn } from "../../lib/store/publication_table.ts";
import { publishedFiles } from "../../tests/support/published_files.ts";
import { summarize, timeOf, type Times } from "./times.ts";

/** Events that are read before they are applied, to take the time of both. */
const BATCH = 10_000;
/** Changes after the load. */
const CHANGES = 100_000;

declare const gc: () => void;

/** What a load took; memory is bytes for each publication. */
export interface Loaded {
  readonly readSeconds: number;
  readonly applySeconds: number;
  readonly settleSeconds: number;
  readonly bytesPerPublication: number;
  /** Milliseconds of a single change. */
  readonly apply: Times;
}

/** What is in use; buffers are given back only after a second collection. */
function memory(): number {
  gc();
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

function load(path: string): Loaded {
  using db = openData(path);
  const before = memory();
  const catalogue = new Catalogue();
  const events = publicationsIn(db);
  let [count, readMs, applyMs] = [0, 0, 0];
  for (let isOver = false; !isOver;) {
    let batch: CatalogueEvent[] = [];
    readMs += timeOf(() => batch = batchOf(events));
    applyMs += timeOf(() => batch.forEach((event) => catalogue.apply(event)));
    count += batch.length;
    isOver = batch.length === 0;
  }
  const settleMs = timeOf(() => catalogue.settle());
  return {
    readSeconds: readMs / 1_000,
    applySeconds: applyMs / 1_000,
    settleSeconds: settleMs / 1_000,
    bytesPerPublication: Math.round((memory() - before) / count),
    apply: change(catalogue, count),
  };
}

function batchOf(events: Iterator<CatalogueEvent>): CatalogueEvent[] {
  const batch: CatalogueEvent[] = [];
  while (batch.length < BATCH) {
    const { done, value } = events.next();
    if (done) break;
    batch.push(value);
  }
  return batch;
}

/** Publishes and withdraws, one after the other, until many parts have been merged. */
function change(catalogue: Catalogue, count: number): Times {
  const files = publishedFiles({ users: Math.max(10, count / 100), shared: count * 0.3, seed: 99 });
  const times = Array.from(files.take(CHANGES), (file, i) => {
    const kind = i % 10 === 0 ? "withdraw" : "publish";
    return timeOf(() => catalogue.apply({ kind, ...file }));
  });
  return summarize(times);
}

if (import.meta.main) toStdout(`${JSON.stringify(load(Deno.args[0]!))}\n`);
