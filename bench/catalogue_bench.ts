/**
 * What a catalogue costs in process, with no network and no encryption: searches against SQLite's
 * full-text index, requests handled and encoded, and changes.
 * `deno task bench:catalogue [names]`
 *
 * @module
 */

import { Catalogue } from "../lib/index/catalogue/catalogue.ts";
import type { SealedRequest } from "../lib/protocol/sealed_request.ts";
import { AskedIndex, contentsOf, MOST_PUBLISHED, USER } from "./catalogue/contents.ts";
import { queriesFor } from "./catalogue/queries.ts";
import { costliest, COSTLY } from "./fairness/costliest.ts";
import { fts5, ours } from "./catalogue/searchers.ts";

const names = Number(Deno.args[0] ?? 10_000);
/** Different inputs of a kind, used in turn. */
const INPUTS = 1_000;
/** Changes in one turn: so many take long enough that each turn is timed by itself. */
const CHANGES = 10;

const events = contentsOf(names);
const index = new AskedIndex(events);
const catalogue = new Catalogue();
for (const event of events) catalogue.apply(event);
catalogue.settle();
const known = Array.from({ length: INPUTS }, (_, i) => events[Math.floor(i * names / INPUTS)]!);
const queries = queriesFor(known.map(({ name }) => name), INPUTS);

/** Each of the costliest requests has so many turns. */
const COSTLIEST = { n: 1_000, warmup: 100 };

/** A function that calls `run` with each of `inputs` in turn. */
function inTurn<T>(inputs: readonly T[], run: (input: T, i: number) => unknown): () => void {
  let i = 0;
  return () => void run(inputs[i % inputs.length]!, i++);
}

const searchers = { ours: ours(catalogue), FTS5: fts5(events.map(({ name }) => name)) };
for (const [kind, searches] of Object.entries(queries)) {
  for (const [name, search] of Object.entries(searchers)) {
    const options = { group: `search, ${kind}`, baseline: name === "FTS5" };
    Deno.bench(name, options, inTurn(searches, search));
  }
}

/** Measures requests, made of known events and texts to search for. */
function benchRequests(name: string, ...makers: ((i: number) => SealedRequest)[]): void {
  const ask = (_: unknown, i: number) => makers.forEach((make) => index.ask(make(i % INPUTS)));
  Deno.bench(name, { group: "requests" }, inTurn(known, ask));
}

const user = USER;
const fresh = (i: number) => `${i} ${known[i]!.name}`;
const words = queries["4 to 8 letters"]!.map((words) => words.join(" "));
benchRequests("get", (i) => ({ verb: "get", user, name: known[i]!.name }));
benchRequests(
  "pub and unp",
  (i) => ({ verb: "pub", user, name: fresh(i) }),
  (i) => ({ verb: "unp", user, name: fresh(i) }),
);
benchRequests("sch", (i) => ({ verb: "sch", user, text: words[i]! }));
benchRequests("lpf", (i) => ({ verb: "lpf", user, of: known[i]!.user }));
benchRequests("lap", (i) => ({ verb: "lap", user, after: known[i]!.user }));

for (const verb of COSTLY) {
  let i = 0;
  Deno.bench(verb, { group: "costliest", ...COSTLIEST }, () => {
    index.ask(costliest(verb, user, MOST_PUBLISHED, i++));
  });
}

const OTHERS_SEED = 99;
const changes = contentsOf(100 * INPUTS, OTHERS_SEED);
Deno.bench(
  `${CHANGES} changes`,
  { group: "requests" },
  inTurn(changes, (_, turn) => {
    for (let i = turn * CHANGES; i < (turn + 1) * CHANGES; i++) {
      const isOdd = Math.floor(i / changes.length) % 2 === 1;
      catalogue.apply({ ...changes[i % changes.length]!, kind: isOdd ? "withdraw" : "publish" });
    }
  }),
);
