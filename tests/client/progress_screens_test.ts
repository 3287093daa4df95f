/**
 * What several transfers look like, with a line that is being typed below them. Each screen is kept
 * as a text, so that a change of what people see is seen in a review.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { LiveArea } from "../../lib/cli/live_area.ts";
import { Output } from "../../lib/client/output.ts";
import { TransferBoard } from "../../lib/client/transfer_board.ts";
import type { TransferState } from "../../lib/client/transfer_state.ts";
import { may } from "../support/permission.ts";
import { TerminalModel } from "../support/terminal_model.ts";

const MB = 1_000_000;

interface Shown {
  readonly verb: string;
  readonly name: string;
  /** How far it is after so many seconds. */
  readonly at: (seconds: number) => TransferState;
}

const TRANSFERS: readonly Shown[] = [
  {
    verb: "get",
    name: "映画/とても長い名前の映画-🎬-with-a-name-that-goes-on.mkv",
    at: (s) => ({ phase: "downloading", bytes: 42 * MB * s, total: 420 * MB, sources: 3 }),
  },
  {
    verb: "get",
    name: "lab/",
    at: (s) => ({
      ...{ phase: "downloading", bytes: 1.5 * MB * s, total: 9 * MB, sources: 1 },
      files: { done: 40 * s, all: 240 },
    }),
  },
  {
    verb: "get",
    name: "old.tar",
    at: () => ({ phase: "waiting", bytes: 0, total: MB, queue: { user: "yoda", place: 3 } }),
  },
  {
    verb: "get",
    name: "evil\u202e\x1b[2Jfdp.exe",
    at: (s) => ({ phase: "verifying", bytes: 100 * MB * s, total: 800 * MB, kept: 100 * MB * s }),
  },
  {
    verb: "pub",
    name: "thesis.pdf",
    at: (s) => ({ phase: "hashing", bytes: 300 * MB * s, total: 2_000 * MB }),
  },
  { verb: "get", name: "new.iso", at: () => ({ phase: "connecting", bytes: 0, total: MB }) },
  { verb: "get", name: "done.iso", at: () => ({ phase: "finishing", bytes: MB, total: MB }) },
];

/** The screen of so many columns after two seconds. */
function screenOf(columns: number): string {
  const clock = { now: 0 };
  const model = new TerminalModel(columns);
  using area = new LiveArea(model);
  using transfers = new DisposableStack();
  const board = new TransferBoard({ area, write: () => {}, now: () => clock.now });
  const output = new Output({ json: false, stdout: () => {}, stderr: () => {} });
  const running = TRANSFERS.map(({ verb, name }, i) => {
    const transfer = transfers.use(board.begin({ verb, args: [name], output: () => output }));
    transfer.progress.job = i + 1;
    return transfer;
  });
  for (clock.now of [0, 1_000, 2_000]) {
    for (const [i, { name, at }] of TRANSFERS.entries()) {
      running[i]!.update(name, at(clock.now / 1_000));
    }
  }
  area.showLine({ prompt: "> ", text: "sch 映画", cursor: 6 });
  return `${model.text}\n`;
}

for (const columns of [20, 40, 80, 200]) {
  Deno.test({
    name: `progress on ${columns} columns looks as in screens/`,
    permissions: { read: true },
    ignore: !may("read"),
  }, async () => {
    const url = new URL(`screens/progress_${columns}.txt`, import.meta.url);
    assertEquals(screenOf(columns), await Deno.readTextFile(url));
  });
}
