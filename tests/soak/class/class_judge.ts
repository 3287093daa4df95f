/**
 * Whether a server is after a soak as it was at its beginning.
 *
 * @module
 */

import { quantile } from "../../../bench/rounds.ts";
import { type ClassSample, sum } from "./class_samples.ts";

/** After so long everybody has joined, and caches and the heap have their size, in seconds. */
const SETTLED_AFTER = 60;
/** Of a soak that is shorter, after that part. */
const SETTLED_PART = 0.75;
/**
 * How much the memory may grow in the time that is looked at, along the straight line through its
 * floor: a part of what there is, or in MiB.
 */
const GROWTH = { part: 0.1, mib: 12 };
/**
 * The floor is the least memory of so many seconds, or of a third of a shorter time: garbage is
 * collected rarely while there is much memory, and until then looks like a leak.
 */
const FLOOR = { seconds: 180, part: 1 / 3 };
/** In a shorter time, in seconds, the heap only finds its size: nothing tells a leak from that. */
const SHORTEST = 120;
/** The log's and the data's files are opened for moments. */
const DESCRIPTORS = 4;

/** The samples of the time in which nothing should grow. */
export function settled(samples: readonly ClassSample[]): readonly ClassSample[] {
  const from = Math.min(SETTLED_AFTER, (samples.at(-1)?.at ?? 0) * SETTLED_PART);
  return samples.filter(({ at }) => at >= from);
}

/** What grew that should not, a sentence each. */
export function growthIn(samples: readonly ClassSample[]): string[] {
  const looked = settled(samples);
  if (looked.length < 2) return ["there are too few samples"];
  return [...memoryGrowth(looked), ...descriptorGrowth(looked)];
}

function memoryGrowth(looked: readonly ClassSample[]): string[] {
  const seconds = secondsOf(looked);
  const growth = (memorySlope(looked) ?? 0) * seconds;
  const usual = quantile(looked.map(({ memory }) => memory), 0.5);
  const most = Math.max(GROWTH.mib, usual * GROWTH.part);
  if (growth <= most) return [];
  return [`memory grew by ${growth.toFixed(1)} MiB of ${usual.toFixed(0)} in ${seconds | 0} s`];
}

/** By how much the floor of the memory rises, in MiB a second, if there was time enough to tell. */
export function memorySlope(samples: readonly ClassSample[]): number | undefined {
  const seconds = secondsOf(samples);
  return seconds < SHORTEST
    ? undefined
    : floorSlope(samples, Math.min(FLOOR.seconds, FLOOR.part * seconds));
}

function floorSlope(samples: readonly ClassSample[], window: number): number {
  const floor = samples.filter(({ at }) => at + window <= samples.at(-1)!.at).map((sample, i) => {
    const later = samples.slice(i).filter(({ at }) => at <= sample.at + window);
    return { ...sample, memory: Math.min(...later.map(({ memory }) => memory)) };
  });
  return slopeOf(floor);
}

function secondsOf(samples: readonly ClassSample[]): number {
  return samples.length === 0 ? 0 : samples.at(-1)!.at - samples[0]!.at;
}

/** By how much the memory grows in a second, along the line of least squares. */
function slopeOf(samples: readonly ClassSample[]): number {
  const middle = sum(samples.map(({ at }) => at)) / samples.length;
  const above = sum(samples.map(({ at, memory }) => (at - middle) * memory));
  const below = sum(samples.map(({ at }) => (at - middle) ** 2));
  return below === 0 ? 0 : above / below;
}

function descriptorGrowth(looked: readonly ClassSample[]): string[] {
  const half = Math.floor(looked.length / 2);
  const most = (some: readonly ClassSample[]) => Math.max(...some.map((it) => it.descriptors));
  const [before, after] = [most(looked.slice(0, half)), most(looked.slice(half))];
  return after <= before + DESCRIPTORS ? [] : [`descriptors grew from ${before} to ${after}`];
}
