/**
 * Files that have stopped changing, and have to be published or withdrawn: some at a time, and again
 * later what the index did not take.
 *
 * @module
 */

import { forEachPooled } from "../../async/pooled.ts";
import { BitTrickleError, isSilence } from "../../errors.ts";
import type { FileDetails } from "../../protocol/messages.ts";
import { isSameFile } from "../share/identity.ts";
import type { Skipped } from "../share/list_tree.ts";
import type { PublishedFiles } from "../share/published_files.ts";
import type { Publisher } from "../share/publisher.ts";
import type { Withdrawals } from "../share/withdrawals.ts";

/** Most files that are published together. */
const MOST = 512;

/** Batches under way at once: while one waits for a large file to be read, others go on. */
const BATCHES = 4;

/** Files that are withdrawn at once. */
const AT_ONCE = 8;

/**
 * How long to wait before what the index did not take is tried again, in milliseconds. It doubles
 * unless the index was silent: once it is back, others are to find changes within seconds.
 */
const RETRY_MS = 2_000;
const MOST_RETRY_MS = 60_000;

/** What has become of a file. */
export type ShareChange =
  | { readonly kind: "published" | "changed" | "withdrawn"; readonly name: string }
  | Skipped & { readonly kind: "skipped" };

/** What a queue works with. */
export interface ChangeQueueSetting {
  readonly publisher: Pick<Publisher, "pubAll" | "unp">;
  readonly files: Pick<PublishedFiles, "get">;
  readonly withdrawals: Pick<Withdrawals, "catchUp">;
  readonly onChange: (change: ShareChange) => void;
  /** Hears why the index took nothing: once, until it does. */
  readonly onTrouble: (error: unknown) => void;
}

/** Each file once, and never twice at the same time. */
export class ChangeQueue {
  readonly #setting: ChangeQueueSetting;
  /** Whether each of them is there. */
  readonly #waiting = new Map<string, boolean>();
  readonly #busy = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  /** What has been published from here. If it is not published any more, its user has withdrawn it. */
  readonly #published = new Set<string>();
  readonly #closing = new AbortController();
  #retryMs = RETRY_MS;
  #hasTold = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(setting: ChangeQueueSetting) {
    this.#setting = setting;
  }

  /** Takes in what has been published from here before. */
  takePublished(names: Iterable<string>): void {
    for (const name of names) this.#published.add(name);
  }

  /** Publishes the file `name`, or withdraws it if it is not there. */
  add(name: string, isThere: boolean): void {
    this.#waiting.set(name, isThere);
  }

  /** Begins with what has been added. */
  run(): void {
    if (this.#retry !== undefined || this.#closing.signal.aborted) return;
    while (this.#running.size < BATCHES) {
      const batch = this.#take();
      if (batch.length === 0) return;
      const running = this.#do(batch).finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#retry);
    await Promise.all(this.#running);
  }

  #take(): (readonly [name: string, isThere: boolean])[] {
    const batch = [...this.#waiting].filter(([name]) => !this.#busy.has(name)).slice(0, MOST);
    for (const [name] of batch) {
      this.#waiting.delete(name);
      this.#busy.add(name);
    }
    return batch;
  }

  /** Never rejects. */
  async #do(batch: readonly (readonly [name: string, isThere: boolean])[]): Promise<void> {
    const gone = batch.filter(([, isThere]) => !isThere).map(([name]) => name);
    const there = batch.filter(([, isThere]) => isThere).map(([name]) => name).sort();
    try {
      await forEachPooled(AT_ONCE, gone, (name) => this.#withdraw(name));
      if (there.length > 0) await this.#publish(there);
      this.#retryMs = RETRY_MS;
      this.#hasTold = false;
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#retryLater(batch, error);
    }
    for (const [name] of batch) this.#busy.delete(name);
    queueMicrotask(() => this.run());
  }

  async #withdraw(name: string): Promise<void> {
    const { files, publisher, onChange } = this.#setting;
    if (!files.get(name)) return;
    await publisher.unp(name);
    this.#published.delete(name);
    onChange({ kind: "withdrawn", name });
  }

  /** Nothing that the user has withdrawn is published again because it changes. */
  async #publish(all: readonly string[]): Promise<void> {
    const { files, publisher, withdrawals, onChange } = this.#setting;
    if (all.some((name) => files.get(name))) await withdrawals.catchUp();
    const names = all.filter((name) => !this.#published.has(name) || files.get(name));
    if (names.length === 0) return;
    const before = new Map(names.map((name) => [name, files.get(name)?.details]));
    const { signal } = this.#closing;
    const { published, skipped } = await publisher.pubAll(names, { signal });
    this.takePublished(published);
    for (const name of published) {
      const kind = kindOf(before.get(name), files.get(name)?.details);
      if (kind) onChange({ kind, name });
    }
    for (const it of skipped) onChange({ kind: "skipped", ...it });
  }

  /** What came meanwhile is newer. */
  #retryLater(batch: readonly (readonly [name: string, isThere: boolean])[], error: unknown): void {
    for (const [name, isThere] of batch) {
      if (!this.#waiting.has(name)) this.#waiting.set(name, isThere);
    }
    if (!this.#hasTold) this.#setting.onTrouble(error);
    this.#hasTold = true;
    if (this.#retry !== undefined) return; // Another batch has failed just before.
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.run();
    }, this.#retryMs);
    const isSilent = error instanceof BitTrickleError && isSilence(error);
    this.#retryMs = isSilent ? RETRY_MS : Math.min(2 * this.#retryMs, MOST_RETRY_MS);
  }
}

/** What a user is told of a file that is published; nothing if it is what it was. */
function kindOf(
  before: FileDetails | undefined,
  now: FileDetails | undefined,
): "published" | "changed" | undefined {
  if (!before) return "published";
  return isSameFile(before, now) ? undefined : "changed";
}
