/**
 * Taking turns, so that whatever else the machine does hits every contender alike.
 *
 * @module
 */

/** One turn of one contender. */
export type Turn<T> = () => Promise<T>;

/** How often {@linkcode alternate} lets everybody have a turn. */
export interface Rounds {
  readonly rounds: number;
  /** Rounds before those, whose results do not count: compilers and caches get warm in them. */
  readonly warmUps: number;
}

/** Lets `contenders` take turns, every other round in reverse order; returns each one's results. */
export async function alternate<K extends string, T>(
  contenders: Readonly<Record<K, Turn<T>>>,
  { rounds, warmUps }: Rounds,
): Promise<Record<K, T[]>> {
  const names = Object.keys(contenders) as K[];
  const results = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<K, T[]>;
  for (let round = -warmUps; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const result = await contenders[name]();
      if (round >= 0) results[name].push(result);
    }
  }
  return results;
}

/** The value below which the share `part` of `values` lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * part;
  const below = sorted[Math.floor(position)] ?? NaN;
  const above = sorted[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position % 1);
}

/** The middle of `values`. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** What `ours` lose against `bare`, as parts of one: the mean of all pairs, and its standard error. */
export interface Cost {
  readonly mean: number;
  readonly error: number;
}

/** The cost of higher values that were measured in pairs: two digits of a ratio are too few for a percent. */
export function costOf(ours: readonly number[], bare: readonly number[]): Cost {
  const costs = ours.map((our, i) => 1 - our / bare[i]!);
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  const squares = costs.reduce((sum, cost) => sum + (cost - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (costs.length - 1) / costs.length) };
}

/** A cost as text, in percent; `of` says what is lost. */
export function formatCost({ mean, error }: Cost, of: string, pairs: number): string {
  const percent = (part: number) => (100 * part).toFixed(2);
  return `${percent(mean)} % of ${of} (mean of ${pairs} pairs, standard error ${percent(error)} %)`;
}
