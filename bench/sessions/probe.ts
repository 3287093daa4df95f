/**
 * Somebody who asks the same thing again and again, and how long the answers take.
 *
 * @module
 */

import type { Asker } from "../requests/asker.ts";
import { pause } from "../requests/fast_udp.ts";
import { type Latency, summarize } from "../requests/open_loop.ts";
import type { Measured } from "../requests/questions.ts";

/** What a {@linkcode Probe} asks. */
export interface ProbeOptions {
  readonly verb: Measured;
  /** How long it waits after an answer, in milliseconds. */
  readonly pauseMs: number;
}

/** How long answers took, by request, and how many came. */
export type Probed = Partial<Record<Measured, Latency & { readonly perSecond: number }>>;

const PAUSE_MICROS = 20;
/** No answer takes that long. */
const LATEST_MS = 1_000;

/** One who asks. */
export class Probe {
  readonly verb: Measured;
  /** How long each answer took, in microseconds. */
  readonly times: number[] = [];
  readonly #asker: Asker;
  readonly #pauseMs: number;
  #askedAt: number | undefined;
  #nextAt = 0;

  constructor(asker: Asker, { verb, pauseMs }: ProbeOptions) {
    this.#asker = asker;
    this.verb = verb;
    this.#pauseMs = pauseMs;
  }

  /** Whether an answer has to come. */
  get isWaiting(): boolean {
    return this.#askedAt !== undefined;
  }

  /** Asks if it is time and listens without waiting; tells whether an answer came. */
  turn(): boolean {
    if (!this.isWaiting && performance.now() >= this.#nextAt) this.#ask();
    return this.listen();
  }

  /** Listens without waiting; tells whether an answer came. */
  listen(): boolean {
    const isRight = this.#askedAt === undefined ? undefined : this.#asker.look();
    if (isRight === undefined) return false;
    if (!isRight) throw new Error(`${this.verb} is answered wrongly`);
    this.times.push((performance.now() - this.#askedAt!) * 1_000);
    this.#nextAt = performance.now() + this.#pauseMs;
    this.#askedAt = undefined;
    return true;
  }

  #ask(): void {
    this.#askedAt = performance.now();
    this.#asker.ask(this.verb);
  }
}

/** What comes later would be taken for the answer to something else. */
function hearTheRest(probes: readonly Probe[]): void {
  for (const end = performance.now() + LATEST_MS; performance.now() < end;) {
    if (probes.every((probe) => probe.listen() || !probe.isWaiting)) return;
    pause(PAUSE_MICROS);
  }
}

/** Lets `probes` ask for `ms` milliseconds, with a call of `meanwhile` now and then. */
export function probe(probes: readonly Probe[], ms: number, meanwhile: () => void): Probed {
  for (const end = performance.now() + ms; performance.now() < end;) {
    meanwhile();
    const answers = probes.filter((probe) => probe.turn());
    if (answers.length === 0) pause(PAUSE_MICROS);
  }
  hearTheRest(probes);
  const verbs = new Set(probes.map(({ verb }) => verb));
  return Object.fromEntries([...verbs].map((verb) => {
    const times = probes.filter((probe) => probe.verb === verb).flatMap(({ times }) => times);
    return [verb, { ...summarize(times, 0), perSecond: times.length / ms * 1_000 }];
  }));
}
