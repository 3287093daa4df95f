/**
 * Metrics by the conventions of Prometheus, read when somebody asks.
 *
 * @module
 */

import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { BUCKETS_MS, type Durations } from "./durations.ts";

/** The words that tell one series of a metric from the others. */
export type Labels = Readonly<Record<string, string | number>>;

/** The series of a metric. */
export type Series<T> = Iterable<readonly [Labels, T]>;

/** Metrics whose values are kept elsewhere. */
export class MetricSet {
  readonly #registry = new Registry();

  /** All of them in the text format, as they are now. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Adds a value that goes up and down, and is left out while it is not known. */
  gauge(name: string, help: string, read: () => number | undefined): void {
    this.gauges(name, help, [], () => {
      const value = read();
      return value === undefined ? [] : [[{}, value]];
    });
  }

  /** Adds values that do so, by `labelNames`. */
  gauges(name: string, help: string, labelNames: string[], read: () => Series<number>): void {
    const registers = [this.#registry];
    new Gauge({
      ...{ name, help, labelNames, registers },
      collect() {
        this.reset();
        this.remove({}); // One without labels begins with 0.
        for (const [labels, value] of read()) this.set(labels, value);
      },
    });
  }

  /** Adds a count, which never falls. */
  total(name: string, help: string, read: () => number): void {
    this.totals(name, help, [], () => [[{}, read()]]);
  }

  /** Adds counts, by `labelNames`. */
  totals(name: string, help: string, labelNames: string[], read: () => Series<number>): void {
    const registers = [this.#registry];
    new Counter({
      ...{ name, help, labelNames, registers },
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.inc(labels, value);
      },
    });
  }

  /** Adds a histogram in seconds, by `labelNames`. */
  durations(name: string, help: string, labelNames: string[], read: () => Series<Durations>): void {
    this.#registry.registerMetric(new DurationMetric(name, help, labelNames, read));
  }
}

/** A histogram whose buckets are filled elsewhere; one of the library has to be told each duration. */
class DurationMetric extends Histogram {
  constructor(
    readonly metric: string,
    readonly text: string,
    labelNames: string[],
    readonly read: () => Series<Durations>,
  ) {
    super({ name: metric, help: text, labelNames, registers: [] });
  }

  override get(): ReturnType<Histogram["get"]> {
    const values = [...this.read()].flatMap(([labels, durations]) =>
      this.#lines(labels, durations)
    );
    const rest = { type: "histogram", aggregator: "sum", collect: () => {} } as const;
    return Promise.resolve({ name: this.metric, help: this.text, values, ...rest } as never);
  }

  /** What the library calls for the text format. */
  getForPromString(): ReturnType<Histogram["get"]> {
    return this.get();
  }

  #lines(labels: Labels, { counts, sum }: Durations) {
    let count = 0;
    const buckets = [...counts].map((inBucket, at) => {
      const limit = BUCKETS_MS[at];
      const le = limit === undefined ? "+Inf" : limit / 1_000;
      return {
        metricName: `${this.metric}_bucket`,
        labels: { le, ...labels },
        value: count += inBucket,
      };
    });
    return [
      ...buckets,
      { metricName: `${this.metric}_sum`, labels, value: sum / 1_000 },
      { metricName: `${this.metric}_count`, labels, value: count },
    ];
  }
}
