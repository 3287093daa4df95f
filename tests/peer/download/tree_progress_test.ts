import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DownloadState } from "../../../lib/peer/download/transfer_state.ts";
import { TreeProgress } from "../../../lib/peer/download/tree_progress.ts";

const PURE = { permissions: "none" } as const;
const [A, B, C] = ["a", "b", "c"].map((name) => ({ name, size: 100 })) as [File, File, File];

interface File {
  readonly name: string;
  readonly size: number;
}

function stateOf(bytes: number, more: Partial<DownloadState> = {}): DownloadState {
  return { phase: "downloading", bytes, total: 100, kept: 0, sources: 1, ...more };
}

Deno.test({ name: "what comes of several files at once is counted together", ...PURE }, () => {
  const progress = new TreeProgress([A, B, C]);
  assertEquals(progress.take("a", stateOf(30)).bytes, 30);
  assertEquals(progress.take("b", stateOf(50)).bytes, 80);
  assertEquals(progress.take("a", stateOf(40)).bytes, 90);
  const { bytes, total, files } = progress.settle(B, 0);
  assertEquals({ bytes, total, files }, { bytes: 140, total: 300, files: { done: 1, all: 3 } });
});

Deno.test({ name: "what was there is kept, what fails is not waited for", ...PURE }, () => {
  const progress = new TreeProgress([A, B, C]);
  progress.settle(A, 100);
  progress.take("b", stateOf(60, { kept: 20 }));
  const { bytes, kept, total, files } = progress.fail(C);
  assertEquals([bytes, kept, total, files], [160, 120, 200, { done: 2, all: 3 }]);
});

Deno.test({ name: "a folder does what gets it on most", ...PURE }, () => {
  const progress = new TreeProgress([A, B, C]);
  const queue = { user: "hans", place: 2 };
  assertEquals(progress.take("a", stateOf(0, { phase: "waiting", queue })).queue, queue);
  assertEquals(progress.take("b", stateOf(0, { phase: "connecting" })).phase, "waiting");
  const { phase, queue: none } = progress.take("b", stateOf(10));
  assertEquals([phase, none], ["downloading", undefined]);
  assertEquals(progress.settle(B, 0).phase, "waiting");
  assertEquals(progress.settle(A, 0).phase, "waiting");
});

Deno.test(
  { name: "bytes of a folder never go back while those of its files do not", ...PURE },
  () => {
    const file = fc.record({
      size: fc.nat(100),
      steps: fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
    });
    fc.assert(
      fc.property(
        fc.array(file, { maxLength: 6 }),
        fc.infiniteStream(fc.nat(5)),
        (files, turns) => {
          const leaves = files.map(({ size }, i) => ({ name: String(i), size }));
          const progress = new TreeProgress(leaves);
          const left = files.map(({ steps, size }) =>
            steps.toSorted((a, b) => a - b).map((it) => it * size)
          );
          const open = new Set(leaves.keys());
          let before = 0;
          while (open.size > 0) {
            const i = [...open][turns.next().value! % open.size]!;
            const bytes = left[i]!.shift();
            if (bytes === undefined) open.delete(i);
            const { bytes: now, total } = bytes === undefined
              ? progress.settle(leaves[i]!, 0)
              : progress.take(String(i), stateOf(bytes));
            assert(
              now >= before - 1e-6 && now <= total! + 1e-6,
              `${before}, then ${now} of ${total}`,
            );
            before = now;
          }
        },
      ),
    );
  },
);
