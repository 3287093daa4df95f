/**
 * Whether a server is after a soak as it was at its beginning.
 *
 * @module
 */

import { quantile } from "../../../bench/rounds.ts";
import { type ClassSample, sum } from "./class_samples.ts";

/** After so long everybody has joined, and caches and the heap have their size, in seconds. */
const SETTLED_AFTER = 60;
/**
 * How much the memory may grow in the time that is looked at, along the straight line through it: a
 * part of what there is, or in MiB. Collectors of garbage take their time.
 */
const GROWTH = { part: 0.1, mib: 12 };
/** The log's and the data's files are opened for moments. */
const DESCRIPTORS = 4;

/** The samples of the time in which nothing should grow. */
export function settled(samples: readonly ClassSample[]): readonly ClassSample[] {
  const from = Math.min(SETTLED_AFTER, (samples.at(-1)?.at ?? 0) / 2);
  return samples.filter(({ at }) => at >= from);
}

/** By how much `valueOf` grows in a second, along the line of least squares. */
export function slopeOf(
  samples: readonly ClassSample[],
  valueOf: (sample: ClassSample) => number,
): number {
  const middle = sum(samples.map(({ at }) => at)) / samples.length;
  const above = sum(samples.map((sample) => (sample.at - middle) * valueOf(sample)));
  const below = sum(samples.map(({ at }) => (at - middle) ** 2));
  return below === 0 ? 0 : above / below;
}

/** What grew that should not, a sentence each. */
export function growthIn(samples: readonly ClassSample[]): string[] {
  const looked = settled(samples);
  if (looked.length < 2) return ["there are too few samples"];
  return [...memoryGrowth(looked), ...descriptorGrowth(looked)];
}

function memoryGrowth(looked: readonly ClassSample[]): string[] {
  const seconds = looked.at(-1)!.at - looked[0]!.at;
  const growth = slopeOf(looked, ({ memory }) => memory) * seconds;
  const usual = quantile(looked.map(({ memory }) => memory), 0.5);
  const most = Math.max(GROWTH.mib, usual * GROWTH.part);
  if (growth <= most) return [];
  return [`memory grew by ${growth.toFixed(1)} MiB of ${usual.toFixed(0)} in ${seconds | 0} s`];
}

function descriptorGrowth(looked: readonly ClassSample[]): string[] {
  const half = Math.floor(looked.length / 2);
  const most = (some: readonly ClassSample[]) => Math.max(...some.map((it) => it.descriptors));
  const [before, after] = [most(looked.slice(0, half)), most(looked.slice(half))];
  return after <= before + DESCRIPTORS ? [] : [`descriptors grew from ${before} to ${after}`];
}
