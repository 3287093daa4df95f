/**
 * How the cost of a request grows with what the index knows.
 *
 * @module
 */

import { Child } from "../child.ts";
import { alternate } from "../rounds.ts";
import { compare, type Result } from "../table.ts";
import { type Costs, MEASURED } from "./costs.ts";
import { median } from "../rounds.ts";
import { chart } from "./chart.ts";

/** How it is measured. */
export interface GrowthOptions {
  /** Numbers of names, the smallest first. */
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** The file that a chart goes to. */
  readonly svg?: string | undefined;
}

/** What every size cost in each round. */
type CostsOf = Readonly<Record<string, readonly Costs[]>>;

/** Measures indexes of all sizes, each in a process of its own. */
export async function measureGrowth(signal: AbortSignal, options: GrowthOptions): Promise<Result> {
  const { sizes, rounds, svg } = options;
  await using children = new AsyncDisposableStack();
  const turns = sizes.map((size) => {
    const child = children.use(Child.start("growth/load.ts", [String(size)], signal));
    return [`${size} names`, () => child.ask<Costs>()] as const;
  });
  const costs: CostsOf = await alternate(Object.fromEntries(turns), { rounds, warmUps: 1 });
  if (svg) await Deno.writeTextFile(svg, chart(linesOf(sizes, costs)));
  return { rows: rowsOf(sizes, costs), notes: [noteOn(options)] };
}

function rowsOf(sizes: readonly number[], costs: CostsOf) {
  const [smallest, ...larger] = sizes;
  const valuesOf = (size: number, verb: keyof Costs) => {
    return costs[`${size} names`]!.map((round) => round[verb]);
  };
  return MEASURED.flatMap((verb) => {
    return larger.map((size) => {
      const name = `${verb} in ${size.toLocaleString("en")} names, µs`;
      const options = { lessIsBetter: true };
      return compare(name, valuesOf(size, verb), valuesOf(smallest!, verb), options);
    });
  });
}

/** For each request a line through the medians. */
function linesOf(sizes: readonly number[], costs: CostsOf) {
  return MEASURED.map((name) => {
    const points = sizes.map((size) => {
      return [size, median(costs[`${size} names`]!.map((round) => round[name]))] as const;
    });
    return { name, points };
  });
}

function noteOn({ sizes, rounds }: GrowthOptions): string {
  return `growth: the median of 1,500 requests, handled and encoded in process, ${rounds} rounds; ` +
    `bare: the same index with ${sizes[0]} names; sch, lpf and lap: one page, of what 1,000 ` +
    "active users publish, of one user's files, and of those users";
}
