/**
 * Metrics in the text format of Prometheus (exposition format 0.0.4), read when somebody asks:
 *
 *     # HELP <name> <help>
 *     # TYPE <name> gauge|counter|histogram
 *     <name>[{<label>="<value>",…}] <number>
 *
 * @module
 */

import { BUCKETS_MS, type Durations } from "./durations.ts";

/** The words that tell one series of a metric from the others. */
export type Labels = Readonly<Record<string, string | number>>;

/** The series of a metric. */
export type Series<T> = Iterable<readonly [Labels, T]>;

/** Metrics whose values are kept elsewhere. Names and helps are this program's own words. */
export class MetricSet {
  /** Each makes the lines of one metric. */
  readonly #metrics: (() => string[])[] = [];

  /** All of them, as they are now. */
  text(): string {
    return this.#metrics.flatMap((linesOf) => linesOf()).map((line) => `${line}\n`).join("");
  }

  /** Adds a value that goes up and down, and is left out while it is not known. */
  gauge(name: string, help: string, read: () => number | undefined): void {
    this.gauges(name, help, () => {
      const value = read();
      return value === undefined ? [] : [[{}, value]];
    });
  }

  /** Adds values that do so. */
  gauges(name: string, help: string, read: () => Series<number>): void {
    this.#add(name, "gauge", help, () => linesOf(name, read()));
  }

  /** Adds a count, which never falls. */
  total(name: string, help: string, read: () => number): void {
    this.totals(name, help, () => [[{}, read()]]);
  }

  /** Adds counts. */
  totals(name: string, help: string, read: () => Series<number>): void {
    this.#add(name, "counter", help, () => linesOf(name, read()));
  }

  /** Adds a histogram in seconds. */
  durations(name: string, help: string, read: () => Series<Durations>): void {
    this.#add(name, "histogram", help, () => {
      return [...read()].flatMap(([labels, durations]) => histogramLines(name, labels, durations));
    });
  }

  #add(name: string, type: string, help: string, read: () => string[]): void {
    this.#metrics.push(() => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...read()]);
  }
}

function linesOf(name: string, series: Series<number>): string[] {
  return [...series].map(([labels, value]) => lineOf(name, labels, value));
}

/** Each bucket counts those of the ones before, too. */
function histogramLines(name: string, labels: Labels, { counts, sum }: Durations): string[] {
  let count = 0;
  const buckets = [...counts].map((inBucket, at) => {
    const limit = BUCKETS_MS[at];
    const le = limit === undefined ? "+Inf" : limit / 1_000;
    return lineOf(`${name}_bucket`, { ...labels, le }, count += inBucket);
  });
  const [sumLine, countLine] = [
    lineOf(`${name}_sum`, labels, sum / 1_000),
    lineOf(`${name}_count`, labels, count),
  ];
  return [...buckets, sumLine, countLine];
}

function lineOf(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, it]) => `${label}="${escape(String(it))}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}`;
}

function escape(value: string): string {
  return value.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n");
}
