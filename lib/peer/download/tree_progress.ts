/**
 * How far a folder is whose files are fetched several at a time.
 *
 * @module
 */

import type { DownloadPhase, DownloadState } from "./transfer_state.ts";

/** What a folder is said to do while its files do different things: the first of these. */
const PHASES: readonly DownloadPhase[] = [
  "downloading",
  "verifying",
  "finishing",
  "waiting",
  "connecting",
];

/** A file of a folder. */
interface FileOfTree {
  readonly name: string;
  /** Bytes, as the index lists them. */
  readonly size: number;
}

/** The progress of one folder. */
export class TreeProgress {
  /** Of the files that are under way. */
  readonly #running = new Map<string, DownloadState>();
  readonly #all: number;
  #done = 0;
  #total: number;
  #bytes = 0;
  #kept = 0;
  /** What was said last. */
  #last: { readonly phase: DownloadPhase; readonly sources: number } = {
    phase: "connecting",
    sources: 0,
  };

  constructor(files: readonly FileOfTree[]) {
    this.#all = files.length;
    this.#total = files.reduce((sum, { size }) => sum + size, 0);
  }

  /** Takes in how far the file called `name` is, and tells how far the folder is. */
  take(name: string, state: DownloadState): DownloadState {
    this.#running.set(name, state);
    return this.#state();
  }

  /** Takes in that `file` is there, of which so many bytes were there before. */
  settle({ name, size }: FileOfTree, kept: number): DownloadState {
    this.#bytes += size;
    this.#kept += kept;
    return this.#end(name);
  }

  /** Takes in that `file` will not come. */
  fail({ name, size }: FileOfTree): DownloadState {
    this.#total -= size;
    return this.#end(name);
  }

  #end(name: string): DownloadState {
    this.#running.delete(name);
    this.#done++;
    return this.#state();
  }

  #state(): DownloadState {
    const running = [...this.#running.values()];
    const first = PHASES.map((phase) => running.find((it) => it.phase === phase)).find((it) => it);
    if (first) {
      const sources = Math.max(...running.map(({ sources }) => sources));
      this.#last = { phase: first.phase, sources };
    }
    const sum = (key: "bytes" | "kept") => running.reduce((sum, it) => sum + it[key], 0);
    return {
      ...this.#last,
      bytes: Math.min(this.#bytes + sum("bytes"), this.#total),
      total: this.#total,
      kept: this.#kept + sum("kept"),
      queue: first?.queue,
      files: { done: this.#done, all: this.#all },
    };
  }
}
