import { assert, assertEquals } from "@std/assert";
import { LiveArea } from "../../lib/cli/live_area.ts";
import { Output } from "../../lib/client/output.ts";
import { Progress } from "../../lib/client/progress.ts";
import { ReportView, ScreenView } from "../../lib/client/progress_views.ts";
import { TransferBoard } from "../../lib/client/transfer_board.ts";
import type { TransferState } from "../../lib/client/transfer_state.ts";
import { TerminalModel } from "../support/terminal_model.ts";

const PURE = { permissions: "none" } as const;
const MB = 1_000_000;

function downloading(megabytes: number, total = 10): TransferState {
  return { phase: "downloading", bytes: megabytes * MB, total: total * MB, sources: 1 };
}

/** A board on a terminal of so many columns, and how to let time pass on it. */
function boardOn(columns: number, more: { limit?: () => number } = {}) {
  const clock = { now: 0 };
  const model = new TerminalModel(columns);
  const area = new LiveArea(model);
  const write = () => {};
  const board = new TransferBoard({ area, write, now: () => clock.now, ...more });
  const output = new Output({ json: false, stdout: () => {}, stderr: () => {} });
  const begin = (...args: string[]) => board.begin({ verb: "get", args, output: () => output });
  return { clock, model, area, begin };
}

Deno.test({ name: "a transfer of less than a second leaves no trace", ...PURE }, () => {
  const written: string[] = [];
  const screen = { columns: 80, rows: 24, write: (text: string) => void written.push(text) };
  using area = new LiveArea(screen);
  const progress = new Progress({ verb: "get", args: ["a"] }, () => 0);
  {
    using view = new ScreenView(progress, area.addStatus()!, 0);
    progress.update("a", downloading(10));
    for (let now = 0; now < 1_000; now += 10) view.update("a", downloading(10), now);
    area.resize();
  }
  assertEquals(written, []);
});

Deno.test({ name: "each transfer has a line, and several have a total above", ...PURE }, () => {
  const { clock, model, area, begin } = boardOn(100);
  using _ = area;
  const [first, second] = [begin("first"), begin("second")];
  second.progress.job = 2;
  for (clock.now of [1_000, 2_000]) {
    first.update("first", downloading(clock.now / 1_000));
    second.update("second", downloading(clock.now / 500, 20));
  }
  area.resize();
  assertEquals(model.text.split("\n"), [
    "2 transfers  downloading  [==        ]  20 %  6.0 MB of 30.0 MB  3.0 MB/s  8 s left",
    "get first  downloading  [==        ]  20 %  2.0 MB of 10.0 MB  1.0 MB/s  8 s left  1 source",
    "[2] get second  downloading  [==        ]  20 %  4.0 MB of 20.0 MB  2.0 MB/s  8 s left  1 source",
  ]);
  second[Symbol.dispose]();
  area.resize();
  assertEquals(model.text.split("\n").length, 1);
  first[Symbol.dispose]();
  assertEquals(model.text, "");
});

Deno.test({ name: "a rate is never more than the limit", ...PURE }, () => {
  const { clock, area, begin } = boardOn(80, { limit: () => 1_500_000 });
  using _ = area;
  using transfer = begin("a");
  transfer.update("a", downloading(0));
  clock.now = 1_000;
  transfer.update("a", downloading(1.875)); // What a limit lets through after a pause.
  assert(transfer.progress.summary.includes(" 1.5 MB/s"), transfer.progress.summary);
});

Deno.test({ name: "what was there has no part in the rate", ...PURE }, () => {
  const { clock, area, begin } = boardOn(80);
  using _ = area;
  using transfer = begin("a");
  const kept = 8 * MB;
  transfer.update("a", { phase: "verifying", bytes: kept, total: 10 * MB, kept });
  transfer.update("a", { ...downloading(8), kept });
  clock.now = 1_000;
  transfer.update("a", { ...downloading(9), kept });
  const said = "downloading, 90 %, 9.0 MB of 10.0 MB, 1.0 MB/s, 1 s left, 1 source";
  assertEquals(transfer.progress.summary, said);
});

Deno.test({ name: "a rate sinks while nothing comes, and no time is left then", ...PURE }, () => {
  const { clock, area, begin } = boardOn(80);
  using _ = area;
  using transfer = begin("a");
  for (clock.now of [0, 1_000]) transfer.update("a", downloading(clock.now / 500));
  clock.now = 4_000;
  assert(transfer.progress.summary.includes("500.0 kB/s, 16 s left"), transfer.progress.summary);
  clock.now = 60_000;
  assert(transfer.progress.summary.endsWith("0 B/s, 1 source"), transfer.progress.summary);
});

Deno.test({ name: "a log has a line at the beginning, every 10 s and at the end", ...PURE }, () => {
  const lines: string[] = [];
  let now = 0;
  const progress = new Progress({ verb: "get", args: ["a"] }, () => now);
  {
    using view = new ReportView(progress, (line) => lines.push(line), () => now);
    for (; now <= 25_000; now += 500) {
      progress.update("a", downloading(now / 2_500));
      view.update("a", downloading(now / 2_500), now);
    }
  }
  assertEquals(lines, [
    "get a: downloading, 4 %, 400.0 kB of 10.0 MB, 400.0 kB/s, 24 s left, 1 source",
    "get a: downloading, 44 %, 4.4 MB of 10.0 MB, 400.0 kB/s, 14 s left, 1 source",
    "get a: downloading, 84 %, 8.4 MB of 10.0 MB, 400.0 kB/s, 4 s left, 1 source",
    "get a: 10.0 MB in 26 s, 392.1 kB/s",
  ]);
});

Deno.test({ name: "a log says nothing of a transfer of less than a second", ...PURE }, () => {
  const lines: string[] = [];
  const progress = new Progress({ verb: "get", args: ["a"] }, () => 0);
  {
    using view = new ReportView(progress, (line) => lines.push(line), () => 0);
    progress.update("a", downloading(10));
    view.update("a", downloading(10), 900);
  }
  assertEquals(lines, []);
});

Deno.test({ name: "however often something comes, little is drawn", ...PURE }, () => {
  const screen = { columns: 80, rows: 24, writes: 0, write: () => void screen.writes++ };
  const area = new LiveArea(screen);
  const clock = { now: 0 };
  const board = new TransferBoard({ area, write: () => {}, now: () => clock.now });
  const output = new Output({ json: false, stdout: () => {}, stderr: () => {} });
  using _ = area;
  using transfer = board.begin({ verb: "get", args: ["a"], output: () => output });
  const started = performance.now();
  for (clock.now = 1_000; clock.now < 6_000; clock.now++) {
    transfer.update("a", downloading(clock.now / 1_000));
  }
  const tenths = (performance.now() - started) / 100;
  assert(screen.writes >= 1 && screen.writes <= tenths + 1, `${screen.writes} in ${tenths / 10} s`);
});
