/**
 * The transfers of a client, and how they are shown: a line each, and a total of several.
 *
 * @module
 */

import { onSignal } from "../cli/interrupt.ts";
import type { LiveArea, StatusLine } from "../cli/live_area.ts";
import type { Output } from "./output.ts";
import { Progress } from "./progress.ts";
import { ProgressEvents } from "./progress_events.ts";
import { type ProgressView, ReportView, ScreenView } from "./progress_views.ts";
import { totalLine } from "./total_line.ts";
import type { TransferState } from "./transfer_state.ts";

/** How often is looked whether something is to be shown though nothing has come, in milliseconds. */
const TICK_MS = 1_000;

/** What a {@linkcode TransferBoard} works with. */
export interface TransferBoardSetting {
  readonly area: LiveArea;
  /** Writes a line where there is no screen. */
  readonly write: (line: string) => void;
  /** The limit of what comes, in bytes per second. @default none */
  readonly limit?: (() => number) | undefined;
  /** The time in milliseconds of a steady clock. @default {performance.now} */
  readonly now?: () => number;
}

/** A command that moves files. */
export interface TransferCommand {
  readonly verb: string;
  readonly args: readonly string[];
  /** Where it prints at the moment. */
  readonly output: () => Output;
}

/** A command while it moves files. */
export interface RunningTransfer extends Disposable {
  readonly progress: Progress;
  /** Takes in how far the transfer called `name` is. */
  update(name: string, state: TransferState): void;
}

/** Shows how far the commands are that move files. */
export class TransferBoard {
  readonly #setting: TransferBoardSetting;
  readonly #now: () => number;
  readonly #running = new Map<Progress, ProgressView>();
  /** Above the others, where it stays however many they are. */
  readonly #total: StatusLine | undefined;
  #ticking: Disposable | undefined;

  constructor(setting: TransferBoardSetting) {
    this.#setting = setting;
    this.#now = setting.now ?? (() => performance.now());
    this.#total = setting.area.addStatus();
  }

  /** Shows how far `command` is, until it is disposed of. */
  begin(command: TransferCommand): RunningTransfer {
    const { verb, args, output } = command;
    const { limit } = this.#setting;
    const progress = new Progress({ verb, args, limit }, this.#now);
    const view = this.#viewOf(progress, verb, output);
    if (view) this.#running.set(progress, view);
    this.#ticking ??= view && this.#tick();
    return {
      progress,
      update: (name, state) => {
        progress.update(name, state);
        view?.update(name, state, this.#now());
        this.#showTotal();
      },
      [Symbol.dispose]: () => this.#end(progress),
    };
  }

  #viewOf(
    progress: Progress,
    verb: string,
    output: TransferCommand["output"],
  ): ProgressView | undefined {
    const { json, isQuiet } = output();
    if (isQuiet) return undefined;
    if (json) return new ProgressEvents((it) => output().happened("progress", { verb, ...it }));
    const line = this.#setting.area.addStatus();
    if (line) return new ScreenView(progress, line, this.#now());
    return new ReportView(progress, this.#setting.write, this.#now);
  }

  #end(progress: Progress): void {
    this.#running.get(progress)?.[Symbol.dispose]();
    this.#running.delete(progress);
    this.#showTotal();
    if (this.#running.size > 0) return;
    this.#ticking?.[Symbol.dispose]();
    this.#ticking = undefined;
  }

  #showTotal(): void {
    const known = [...this.#running.keys()].filter(({ state }) => state !== undefined);
    if (known.length < 2) this.#total?.clear();
    else this.#total?.show((columns) => totalLine(known, columns, this.#setting.limit?.()));
  }

  /** What stands still is drawn, too: rates sink, and terminals change their size. */
  #tick(): Disposable {
    const ticking = new DisposableStack();
    const timer = setInterval(() => {
      for (const view of this.#running.values()) view.tick(this.#now());
      this.#showTotal();
    }, TICK_MS);
    ticking.defer(() => clearInterval(timer));
    if (this.#total && Deno.build.os !== "windows") {
      ticking.use(onSignal("SIGWINCH", () => this.#setting.area.resize()));
    }
    return ticking;
  }
}
