/**
 * What requests cost an index that knows so many names: handled and encoded in one process, with no
 * network and no encryption.
 *
 * @module
 */

import { Accounts } from "../../lib/index/login/accounts.ts";
import type { CatalogueEvent } from "../../lib/index/catalogue/catalogue.ts";
import { Index } from "../../lib/index/index.ts";
import type { Caller } from "../../lib/index/sessions/sessions.ts";
import type { Reply } from "../../lib/protocol/messages.ts";
import { encodeSealedReply } from "../../lib/protocol/sealed_reply.ts";
import type { SealedRequest } from "../../lib/protocol/sealed_request.ts";
import { queriesFor } from "../catalogue/queries.ts";
import { median } from "../rounds.ts";
import { contentsOf, journalOf } from "./contents.ts";

/** The requests that are measured: of `sch`, `lpf` and `lap` one page. */
export const MEASURED = ["get", "pub", "unp", "sch", "lpf", "lap"] as const;

/** The median time of each, in microseconds. */
export type Costs = Readonly<Record<typeof MEASURED[number], number>>;

/** Requests of each kind: together as many as one session may make at once. */
const COUNTED = 1_500;
const WARM_UPS = 500;
const REQUESTS = COUNTED + WARM_UPS;

/** Users who are active, of those who publish. */
const ACTIVE = 1_000;
const ASKER = "asker";
const PORT = 1_024;

/** An index of so many names, and what is asked. */
export class CostMeter {
  readonly #index: Index;
  readonly #known: readonly CatalogueEvent[];
  readonly #words: readonly string[];
  #now = 0;

  constructor(names: number) {
    const events = contentsOf(names);
    this.#index = new Index(Accounts.parse("nobody logs-in-here"), {
      journal: journalOf(events),
    });
    this.#known = Array.from({ length: REQUESTS }, (_, i) => {
      return events[Math.floor(i * names / REQUESTS)]!;
    });
    const searched = this.#known.map(({ name }) => name);
    const queries = queriesFor(searched, REQUESTS)["4 to 8 letters"]!;
    this.#words = queries.map((words) => words.join(" "));
  }

  /** Measures all of {@linkcode MEASURED}. */
  measure(): Costs {
    const costs = MEASURED.map((verb) => {
      const request = (i: number) => requestOf(verb, i, this.#known, this.#words);
      return [verb, costOf(this.#index, request, ++this.#now)];
    });
    return Object.fromEntries(costs) as Costs;
  }
}

/** Request number `i` of its kind. What is published is new, and withdrawn afterwards. */
function requestOf(
  verb: typeof MEASURED[number],
  i: number,
  known: readonly CatalogueEvent[],
  words: readonly string[],
): SealedRequest {
  const [user, text] = [ASKER, words[i]!];
  const { user: of, name } = known[i]!;
  switch (verb) {
    case "get":
      return { verb, user, name };
    case "pub":
    case "unp":
      return { verb, user, name: `${i} ${name}` };
    case "sch":
      return { verb, user, text };
    case "lpf":
      return { verb, user, of };
    case "lap":
      return { verb, user, after: of };
  }
}

/** The median time of the requests. At `now` everybody is admitted anew and may ask again. */
function costOf(index: Index, request: (i: number) => SealedRequest, now: number): number {
  for (let i = 0; i < ACTIVE; i++) admit(index, `user${i}`, now);
  const caller = admit(index, ASKER, now);
  const times: number[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    const asked = request(i);
    const began = performance.now();
    const reply = index.handle(asked, caller, now) as Reply;
    encodeSealedReply(reply);
    if (i >= WARM_UPS) times.push((performance.now() - began) * 1_000);
    if (reply.kind === "error") throw new Error(`${asked.verb}: ${reply.reason}`);
  }
  return median(times);
}

function admit(index: Index, user: string, now: number): Caller {
  const caller = { hostname: "127.0.0.1", port: PORT, sealed: user };
  index.admit(user, caller, PORT, now);
  return caller;
}
