/**
 * What a trial has shown.
 *
 * @module
 */

import type { FaultLog, LoggedFault } from "./fault_log.ts";
import { INDEX } from "./fault_plan.ts";
import { type EndedGet, faultOf } from "./judge.ts";

/** Faults are told with a violation if they lasted within this time before it, in milliseconds. */
const TOLD_MS = 90_000;

/** How often something happened, by what it was. */
export class Tally {
  readonly counts = new Map<string, number>();

  /** Counts `what` once more, whatever numbers are in it. Returns how often that makes. */
  add(what: string): number {
    const kind = what.replaceAll(/\d+(\.\d+)*/g, "#");
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    return count;
  }
}

/** Counts what went right, and tells what did not. */
export class SoakResult {
  /** What should not have been. */
  readonly violations = new Tally();
  /** Errors that were right, as somebody was away. */
  readonly failures = new Tally();
  readonly faults = new Tally();
  transfers = 0;
  bytes = 0;
  slowestGetMs = 0;
  readonly #started = performance.now();
  readonly #told = new Set<string>();

  constructor(private readonly log: FaultLog, private readonly tell: (line: string) => void) {}

  /** Takes a `get` that has ended. */
  take(get: EndedGet): void {
    const { answer, began, ended, client, file } = get;
    const fault = faultOf(get, this.log);
    if (answer.type === "result") {
      this.transfers++;
      this.bytes += file.size;
    } else if (!fault) {
      this.failures.add(`${answer.code}: ${answer.message}`);
    }
    this.slowestGetMs = Math.max(this.slowestGetMs, ended - began);
    if (!fault) return;
    this.violation(`client ${client}, get ${file.name}: ${fault}`, began, [client, ...file.owners]);
  }

  /** Tells of what should not be, once, and of the faults of `parties` around it. */
  violation(what: string, since = performance.now(), parties: readonly number[] = []): void {
    this.violations.add(what);
    if (this.#told.has(what)) return;
    this.#told.add(what);
    const now = performance.now();
    const rows = this.faultsAround([...parties, INDEX], since, now);
    this.tell([`VIOLATION ${this.time(since)}-${this.time(now)} ${what}`, ...rows].join("\n"));
  }

  /** The faults of `parties` from some time before `from` to `to`, a line each. */
  faultsAround(parties: readonly number[], from: number, to: number): string[] {
    const faults = this.log.between(parties, from - TOLD_MS, to);
    return faults.map((fault) => `    ${this.#wordsFor(fault)}`);
  }

  #wordsFor({ fault: { kind, who }, began, ended }: LoggedFault): string {
    const victim = who === INDEX ? "index" : `client ${who}`;
    const end = ended === Infinity ? "…" : this.time(ended);
    return `${victim}: ${kind} ${this.time(began)}-${end}`;
  }

  /** Seconds from the beginning to `at`, a time of `performance.now()`. */
  time(at: number): string {
    return ((at - this.#started) / 1_000).toFixed(1);
  }
}
