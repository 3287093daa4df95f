import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { displayWidth } from "../../lib/cli/display_width.ts";
import { Progress } from "../../lib/client/progress.ts";
import { totalLine } from "../../lib/client/total_line.ts";
import { detailsOf, fitLine, formatRate, wordsOf } from "../../lib/client/transfer_line.ts";
import type { TransferPhase, TransferState } from "../../lib/client/transfer_state.ts";

const PURE = { permissions: "none" } as const;
const PHASES: readonly TransferPhase[] = [
  ...["hashing", "connecting", "waiting", "verifying", "downloading", "finishing"] as const,
];

/** Names as others may choose them: of every width, and what must not reach a terminal as it is. */
const name = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..."ab -映画🎬❤️é\u202e\x07\x1b\x9b\n"),
    fc.string({ minLength: 1 }),
  ),
  maxLength: 80,
});
const bytes = fc.oneof(fc.nat(2_000), fc.integer({ min: 0, max: 2 ** 50 }));
const option = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const state: fc.Arbitrary<TransferState> = fc.record({
  phase: fc.constantFrom(...PHASES),
  bytes,
  total: option(bytes),
  kept: option(bytes),
  sources: option(fc.nat(100)),
  queue: option(fc.record({ user: name, place: fc.integer({ min: 1, max: 10_000 }) })),
  files: option(fc.record({ done: fc.nat(100_000), all: fc.nat(100_000) })),
});
const rate = option(fc.double({ min: 0, max: 1e12, noNaN: true }));
const columns = fc.integer({ min: 20, max: 300 });

/** What would move the cursor, hide text or turn it around. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function assertFits(line: string, columns: number): void {
  assert(displayWidth(line) < columns, `${displayWidth(line)} of ${columns}: ${line}`);
  assert(!CONTROL.test(line), JSON.stringify(line));
}

Deno.test({ name: "a line fits any terminal, whatever the names and figures", ...PURE }, () => {
  const job = option(fc.integer({ min: 1, max: 999 }));
  fc.assert(fc.property(name, state, columns, job, (name, state, columns, job) => {
    let now = 0;
    const progress = new Progress({ verb: "get", args: [name] }, () => now);
    progress.job = job;
    assertFits(progress.lineIn(columns), columns);
    progress.update(name, state);
    now = 2_000;
    assertFits(progress.lineIn(columns), columns);
    assert(!CONTROL.test(progress.summary), JSON.stringify(progress.summary));
  }));
});

Deno.test({ name: "a total fits any terminal", ...PURE }, () => {
  const part = fc.record({ state, rate });
  fc.assert(
    fc.property(fc.array(part, { minLength: 2, maxLength: 9 }), columns, (parts, columns) => {
      assertFits(totalLine(parts, columns), columns);
    }),
  );
});

Deno.test({ name: "what is wider shows all that is narrower, and more", ...PURE }, () => {
  fc.assert(fc.property(state, rate, (state, rate) => {
    const widths = detailsOf(state, rate).map(displayWidth);
    assertEquals(widths, widths.toSorted((a, b) => b - a));
    assert(widths.at(-1)! <= 13, `the shortest takes ${widths.at(-1)} columns`);
  }));
});

Deno.test({ name: "a rate is never shown as more than it is", ...PURE }, () => {
  const units: Record<string, number> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };
  fc.assert(fc.property(fc.double({ min: 0, max: 1e14, noNaN: true }), (rate) => {
    const [, number, unit] = formatRate(rate).match(/^([\d.]+) (\w+)\/s$/)!;
    assert(Number(number) * units[unit!]! <= rate * (1 + 1e-12), `${rate}: ${formatRate(rate)}`);
  }));
});

Deno.test({ name: "a limit is shown as the rate that it is", ...PURE }, () => {
  const shown = [1_500_000, 1_599_999, 2_300_000, 999_999, 1_000, 999].map(formatRate);
  const rates = ["1.5 MB/s", "1.5 MB/s", "2.3 MB/s", "999.9 kB/s", "1.0 kB/s", "999 B/s"];
  assertEquals(shown, rates);
});

const MB = 1_000_000;
const HALF = { bytes: 2 * MB, total: 4 * MB };
const QUEUE = { user: "hans", place: 3 };
const SAID: readonly (readonly [state: TransferState, words: string])[] = [
  [{ phase: "connecting", bytes: 0 }, "connecting"],
  [{ phase: "waiting", bytes: 0, queue: QUEUE }, "waiting at place 3 in the queue of hans"],
  [{ phase: "verifying", ...HALF }, "verifying what is there, 50 %, 2.0 MB of 4.0 MB"],
  [{ phase: "hashing", ...HALF }, "hashing, 50 %, 2.0 MB of 4.0 MB, 1.0 MB/s, 2 s left"],
  [
    { phase: "downloading", ...HALF, sources: 2 },
    "downloading, 50 %, 2.0 MB of 4.0 MB, 1.0 MB/s, 2 s left, 2 sources",
  ],
  [{ phase: "downloading", bytes: MB, sources: 1 }, "downloading, 1.0 MB, 1.0 MB/s, 1 source"],
  [
    { phase: "downloading", ...HALF, files: { done: 3, all: 9 } },
    "downloading, 50 %, 2.0 MB of 4.0 MB, 1.0 MB/s, 2 s left, 3 of 9 files",
  ],
  [{ phase: "finishing", bytes: 4 * MB, total: 4 * MB }, "finishing"],
];

for (const [state, words] of SAID) {
  Deno.test({ name: `in words: ${words}`, ...PURE }, () => {
    assertEquals(wordsOf(state, MB), words);
  });
}

const TIMES: readonly (readonly [seconds: number, text: string])[] = [
  [0.1, ", 1 s left"],
  [99.5, ", 100 s left"],
  [100, ", 2 min left"],
  [7_200, ", 2 h left"],
  [99 * 3_600 + 1, "1.0 MB/s"],
];

for (const [seconds, end] of TIMES) {
  Deno.test({ name: `${seconds} s end the line with "${end}"`, ...PURE }, () => {
    const words = wordsOf({ phase: "downloading", bytes: 0, total: seconds * MB }, MB);
    assert(words.endsWith(end), words);
  });
}

const LINES: readonly (readonly [label: string, columns: number, line: string])[] = [
  ["get a.txt", 60, "get a.txt  long detail of it"],
  ["get a.txt", 30, "get a.txt  long detail of it"],
  ["get a.txt", 28, "get a.txt  short"],
  ["get a-name-of-20-letters", 40, "get a-name-of-20-le…  long detail of it"],
  ["get a-name-of-20-letters", 20, "get a-name-…  short"],
  ["get a-name-of-20-letters", 12, "get…  short"],
  ["get a-name-of-20-letters", 6, "  sh…"],
  ["get a-name-of-20-letters", 1, ""],
  ["get 映画の名前", 20, "get 映画の…  short"],
  ["get 映画の名前", 21, "get 映画の名…  short"],
  ["get 映画の名前", 23, "get 映画の名前  short"],
  ["get 🎬🎉🚀🎬🎉", 20, "get 🎬🎉🚀…  short"],
  ["get e\u0301e\u0301e\u0301", 40, "get e\u0301e\u0301e\u0301  long detail of it"],
];

for (const [label, columns, line] of LINES) {
  Deno.test({ name: `"${label}" fits ${columns} columns`, ...PURE }, () => {
    assertEquals(fitLine(label, ["long detail of it", "short"], columns), line);
  });
}
