/**
 * Which records of a server tell of a leak.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { growthIn } from "./class_judge.ts";
import type { ClassSample } from "./class_samples.ts";

const NOTHING: ClassSample = {
  ...{ at: 0, memory: 0, descriptors: 20, processor: 0, active: 0, requests: 0 },
  ...{ median: 1, p99: 2, lines: {}, transfers: 0, bytes: 0 },
};

/** Fifteen minutes, a sample a second. */
function samplesOf(of: (at: number) => Partial<ClassSample>): ClassSample[] {
  return Array.from({ length: 900 }, (_, at) => ({ ...NOTHING, at, ...of(at) }));
}

/** What is there until garbage is collected, every 140 s. */
function garbage(at: number): number {
  return at % 140 / 2;
}

Deno.test({ name: "memory that rises and falls is flat", permissions: "none" }, () => {
  const samples = samplesOf((at) => ({ memory: 150 + garbage(at) }));
  assertEquals(growthIn(samples), []);
});

Deno.test({ name: "memory that falls to more each time is a leak", permissions: "none" }, () => {
  const samples = samplesOf((at) => ({ memory: 150 + at / 20 + garbage(at) }));
  assertEquals(growthIn(samples).length, 1);
});

Deno.test({ name: "what grows in the first minute is no leak", permissions: "none" }, () => {
  const samples = samplesOf((at) => {
    const part = Math.min(1, at / 60);
    return { memory: 60 + 100 * part, descriptors: 10 + Math.floor(20 * part) };
  });
  assertEquals(growthIn(samples), []);
});

Deno.test({ name: "memory that always grows is a leak", permissions: "none" }, () => {
  const samples = samplesOf((at) => ({ memory: 150 + at / 30 }));
  assertEquals(growthIn(samples), ["memory grew by 28.0 MiB of 166 in 839 s"]);
});

Deno.test({ name: "a descriptor a minute is a leak", permissions: "none" }, () => {
  const samples = samplesOf((at) => ({ descriptors: 20 + Math.floor(at / 60) }));
  assertEquals(growthIn(samples), ["descriptors grew from 27 to 34"]);
});

Deno.test({ name: "of a minute nobody can tell that memory leaks", permissions: "none" }, () => {
  const samples = samplesOf((at) => ({ memory: 100 + at })).slice(0, 60);
  assertEquals(growthIn(samples), []);
});

Deno.test({ name: "nothing is said of a soak that did not last", permissions: "none" }, () => {
  assertEquals(growthIn([NOTHING]), ["there are too few samples"]);
});
