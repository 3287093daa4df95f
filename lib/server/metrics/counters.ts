/**
 * What is counted of a running server. It hears every request, so it does as little as it can; what is
 * counted is put into words when somebody asks.
 *
 * @module
 */

import type { DropReason, ReplyEvent, ServiceEvent } from "../../index/service/service_event.ts";
import type { Verb } from "../../protocol/messages.ts";
import { BUCKETS_MS, Durations } from "./durations.ts";

/** Requests of one verb. */
export class VerbCounter {
  /** By status code, of which there are a few. */
  readonly codes = new Map<number, number>();
  /** From a request to its answer. */
  readonly durations = new Durations();
  failures = 0;
}

/** Why somebody was not let in. */
export type LoginFault = "password" | "forbidden" | "too many sessions" | "throttled" | "other";

const LOGIN_FAULTS: Readonly<Record<number, LoginFault>> = {
  401: "password",
  403: "forbidden",
  409: "too many sessions",
  429: "throttled",
};

/** Reasons are told from the start on, as Prometheus takes no note of how the first one came. */
const NO_FAULTS: Readonly<Record<LoginFault, number>> = {
  "password": 0,
  "forbidden": 0,
  "too many sessions": 0,
  "throttled": 0,
  "other": 0,
};
const NO_DROPS: Readonly<Record<DropReason, number>> = {
  "malformed": 0,
  "plain off this machine": 0,
  "unknown session": 0,
  "not authentic": 0,
  "repeated": 0,
  "login expired": 0,
  "wrong proof": 0,
  "too many logins": 0,
  "queue full": 0,
};

/** All requests up to a moment. */
export interface RequestTotals {
  readonly requests: number;
  readonly failures: number;
  readonly dropped: number;
  /** How many took how long: see {@linkcode BUCKETS_MS}. */
  readonly durations: Float64Array;
}

/** Counts what happens. */
export class Counters {
  readonly verbs = new Map<Verb, VerbCounter>();
  readonly drops = new Map(Object.entries(NO_DROPS));
  readonly loginFaults = new Map(Object.entries(NO_FAULTS));
  readonly commits = new Durations();
  /** Events that were kept, and batches that were not. */
  committed = 0;
  uncommitted = 0;
  /** Pauses of this program after which its socket may have dropped datagrams. */
  stalls = 0;

  readonly #now: () => number;

  /** @param now The services' clock, in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Counts `event`, which has just happened. */
  hear(event: ServiceEvent): void {
    switch (event.kind) {
      case "answered":
      case "failed":
        return this.#countReply(event);
      case "dropped":
        return countOne(this.drops, event.why);
      case "unproven":
        return countOne(this.loginFaults, "password");
    }
  }

  /** Counts a batch of `events` whose commit took `ms` milliseconds. */
  hearCommit(events: number, ms: number, isKept: boolean): void {
    this.commits.add(ms);
    if (isKept) this.committed += events;
    else this.uncommitted++;
  }

  /** What there was up to now. */
  totals(): RequestTotals {
    const durations = new Float64Array(BUCKETS_MS.length + 1);
    let failures = 0;
    for (const verb of this.verbs.values()) {
      failures += verb.failures;
      for (const [bucket, count] of verb.durations.counts.entries()) durations[bucket]! += count;
    }
    const requests = durations.reduce((sum, count) => sum + count, 0);
    const dropped = this.drops.values().reduce((sum, count) => sum + count, 0);
    return { requests, failures, dropped, durations };
  }

  #countReply({ kind, verb, code, since }: ReplyEvent): void {
    const counter = this.verbs.get(verb) ?? this.#addVerb(verb);
    countOne(counter.codes, code);
    counter.durations.add(this.#now() - since);
    if (kind === "answered") return;
    counter.failures++;
    if (verb === "login") countOne(this.loginFaults, LOGIN_FAULTS[code] ?? "other");
  }

  #addVerb(verb: Verb): VerbCounter {
    const counter = new VerbCounter();
    this.verbs.set(verb, counter);
    return counter;
  }
}

function countOne<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
