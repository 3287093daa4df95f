/**
 * Sharing folders as they are: all of them is published, and, if they are watched, whatever changes in
 * them.
 *
 * A scan every few seconds is what counts. What the system tells of changes only makes it look earlier.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { forEachPooled } from "../../async/pooled.ts";
import { unlessAborted } from "../../async/until_aborted.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { interrupted } from "../../errors.ts";
import type { SharePatterns } from "../share/ignore_rules.ts";
import type { Skipped } from "../share/list_tree.ts";
import type { PublishedFiles } from "../share/published_files.ts";
import type { Publisher } from "../share/publisher.ts";
import type { TreeOptions } from "../share/tree_publishing.ts";
import type { Withdrawals } from "../share/withdrawals.ts";
import { ChangeQueue, type ShareChange } from "./change_queue.ts";
import type { ScanJob, ScanReply, ScanRoot } from "./scan_job.ts";
import { ScanThread } from "./scan_thread.ts";
import { SETTLE_MS, Settling } from "./settling.ts";
import { publishedBelow, rootsFrom } from "./share_roots.ts";
import { type OpenWatcher, WatchHints } from "./watch_hints.ts";

/**
 * How often all folders are looked at, in milliseconds: what comes or goes is seen so late at most, has
 * settled {@linkcode SETTLE_MS} later, and others find it within five seconds. A change in place that is
 * seen one scan later has settled by then.
 */
const SCAN_MS = 2_200;

/**
 * Files that are looked at in turns in each scan while the system tells of changes: 10,000 in two scans.
 * That takes some 1.2 % of a processor, beside 0.4 % of an idle client. Files that come and go show by
 * their folders all the same, those that have changed lately are looked at each time, and where the
 * system tells nothing, all files are.
 */
const FILES_PER_SCAN = 5_000;

/** How long to wait after a hint, in milliseconds: others follow it. */
const DEBOUNCE_MS = 200;

/** And as a multiple of what a scan takes. */
const SCANS_PER_HINT = 10;

/** Files that are withdrawn at once. */
const AT_ONCE = 8;

/** What is shared, and how. */
export interface FolderShareOptions extends SharePatterns {
  /** Names of folders and files in the shared folder; `.` is all of it. */
  readonly names: readonly string[];
  /** Whether changes are published. @default {false} */
  readonly isWatching?: boolean | undefined;
  /** Tells of changes; nothing does if there is none. @default {Deno.watchFs} */
  readonly openWatcher?: OpenWatcher | undefined;
  /** Whether the system is not asked to tell of changes. @default {false} */
  readonly isPolling?: boolean | undefined;
  /** Hears what has become of files after the first time. */
  readonly onChange: (change: ShareChange) => void;
  /** Hears of folders that cannot be looked at, and are served as they were. */
  readonly onAway: (folder: Skipped) => void;
  /** Hears of folders that can be looked at again. */
  readonly onBack: (name: string) => void;
  /** Hears why the system tells of no changes. */
  readonly onNoHints: (reason: string) => void;
  /** Hears why the index does not take changes, which are tried again. */
  readonly onTrouble: (error: unknown) => void;
}

/** What a share works with. */
export interface FolderShareSetting extends FolderShareOptions {
  readonly files: PublishedFiles;
  readonly publisher: Publisher;
  readonly withdrawals: Withdrawals;
}

/** What has come of publishing all. */
export interface Shared {
  /** How many files are published. */
  readonly published: number;
  /** How many are still changing, and are published when they do not any more. */
  readonly changing: number;
  /** How many files and folders are left out by rules. */
  readonly ignored: number;
  /** Names that were published before and are left out by rules. */
  readonly withdrawn: readonly string[];
  readonly skipped: readonly Skipped[];
}

/** Shares folders until it is disposed of. */
export class FolderShare implements AsyncDisposable {
  readonly #setting: FolderShareSetting;
  readonly #roots: readonly ScanRoot[];
  readonly #thread: ScanThread;
  readonly #settling = new Settling();
  readonly #queue: ChangeQueue;
  /** Folders that could not be looked at the last time. */
  #away: ReadonlySet<string> = new Set();
  /** What is published and was in such a folder at the first scan, which told nothing of it. */
  #unknown: ReadonlySet<string> = new Set();
  /** Whether such a folder can be looked at again. */
  #isBack = false;
  /** Whether there is something to look at, and what waits for that. */
  #isHinted = false;
  #hinted = Promise.withResolvers<true>();
  /** Whether the system tells of changes. */
  #hasHints = false;
  #hints: WatchHints | undefined;
  #scanMs = 0;

  private constructor(setting: FolderShareSetting, roots: readonly ScanRoot[]) {
    const { include, exclude, files } = setting;
    this.#setting = setting;
    this.#roots = roots;
    this.#thread = new ScanThread({
      folder: files.folder.path,
      roots,
      patterns: { include, exclude, own: files.folder.own },
    });
    this.#queue = new ChangeQueue(setting);
  }

  /**
   * Prepares to share what `setting` names.
   *
   * @throws {BitTrickleError} `not_found`, `disk` or `usage` for what is not there or is no name
   */
  static async of(setting: FolderShareSetting): Promise<FolderShare> {
    return new FolderShare(setting, await rootsFrom(setting.names, setting.files));
  }

  /**
   * Publishes everything that is there, but for what is still changing if changes are watched, and
   * withdraws what the rules leave out.
   *
   * @throws {BitTrickleError} of the index, `disk` if it cannot be looked at, `interrupted`
   */
  async publish(options: TreeOptions = {}): Promise<Shared> {
    const { publisher, files, isWatching = false } = this.#setting;
    const asked = publishedBelow(files, this.#roots);
    const reply = await this.#scan({ asked, hints: [], most: 0 }, options.signal);
    const [now, date] = [performance.now(), Date.now()];
    const [names, out]: [string[], string[]] = [[], []];
    this.#unknown = new Set(asked).difference(new Set(reply.seen.map(({ name }) => name)));
    for (const { name, state, modified, isOut } of reply.seen) {
      if (isOut) out.push(name);
      else if (isWatching && (state === undefined || modified > date - SETTLE_MS)) {
        this.#settling.look(name, state, now);
      } else if (state !== undefined) names.push(name);
    }
    const outs = new Set(out);
    await forEachPooled(AT_ONCE, out, (name) => publisher.unp(name));
    const { published, skipped } = await publisher.pubAll(names.sort(), options);
    if (isWatching) this.#queue.takePublished(new Set([...asked, ...published]).difference(outs));
    return {
      published: published.length,
      changing: this.#settling.size,
      ignored: reply.ignored,
      withdrawn: out,
      skipped: [...reply.skipped, ...skipped],
    };
  }

  /**
   * Publishes whatever changes until `signal` fires.
   *
   * @throws {BitTrickleError} `disk` if nothing can be looked at, `interrupted`
   */
  async watch(signal: AbortSignal): Promise<never> {
    using _ = { [Symbol.dispose]: () => this.#hints?.[Symbol.dispose]() };
    this.#openHints();
    for (let nextScan = 0;;) {
      const due = Math.min(nextScan, this.#settling.nextDue);
      await this.#waitUntil(due, signal);
      const now = performance.now();
      const isFull = now >= nextScan;
      if (isFull) nextScan = now + SCAN_MS;
      const { names = [], isPart = false } = this.#hints?.take() ?? {};
      const most = isPart || isFull && !this.#hasHints ? Infinity : isFull ? FILES_PER_SCAN : 0;
      const asked = [...this.#settling.due(now), ...this.#isBack ? this.#unknown : []];
      this.#take(await this.#scan({ asked, hints: names, most }, signal), asked);
      if (this.#isBack) this.#openHints();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#thread[Symbol.dispose]();
    await this.#queue.close();
  }

  /** A disk that does not answer holds up the thread, and nobody who wants to end. */
  async #scan(job: ScanJob, signal?: AbortSignal): Promise<ScanReply> {
    const begun = performance.now();
    const scanning = this.#thread.scan(job);
    const reply = await (signal ? unlessAborted(scanning, signal) : scanning);
    this.#scanMs = performance.now() - begun;
    this.#tellAway(reply.away);
    return reply;
  }

  /** @param asked Files that had to be looked at */
  #take({ seen, skipped }: ScanReply, asked: readonly string[]): void {
    const [now, date] = [performance.now(), Date.now()];
    const names = new Set(seen.map(({ name }) => name));
    this.#unknown = this.#unknown.difference(names);
    for (const { name, state, modified } of seen) {
      // The clock of a network drive, which is polled, may be another one.
      const isOld = this.#hasHints && modified <= date - SETTLE_MS;
      if (this.#settling.look(name, state, now, isOld)) this.#queue.add(name, state !== undefined);
    }
    for (const name of asked) if (!names.has(name)) this.#settling.postpone(name, now);
    for (const it of skipped) this.#setting.onChange({ kind: "skipped", ...it });
    this.#queue.run();
  }

  #tellAway(away: readonly Skipped[]): void {
    const { onAway, onBack } = this.#setting;
    const names = new Set(away.map(({ name }) => name));
    for (const folder of away) if (!this.#away.has(folder.name)) onAway(folder);
    const back = this.#away.difference(names);
    for (const name of back) onBack(name);
    this.#isBack = back.size > 0;
    this.#away = names;
  }

  /** Waits until the time `due`, or shortly after a hint. */
  async #waitUntil(due: number, signal: AbortSignal): Promise<void> {
    const ms = Math.max(0, due - performance.now());
    // A promise that lives long would keep all that ever waited for it.
    this.#hinted = Promise.withResolvers();
    const isHinted = this.#isHinted || await withTimeout(this.#hinted.promise, ms, signal);
    if (!isHinted) return;
    const debounceMs = Math.min(Math.max(DEBOUNCE_MS, SCANS_PER_HINT * this.#scanMs), SCAN_MS);
    await delay(debounceMs, { signal }).catch(() => {
      throw interrupted();
    });
    this.#isHinted = false;
  }

  /** Has the system tell of changes, from now on in the folders that are there now. */
  #openHints(): void {
    const { openWatcher = Deno.watchFs, files, onNoHints, isPolling } = this.#setting;
    if (isPolling) return;
    this.#hints?.[Symbol.dispose]();
    this.#hasHints = true;
    this.#hints = new WatchHints({
      folder: files.folder.path,
      paths: this.#roots.map(({ path }) => path),
      openWatcher,
      onHint: () => {
        this.#isHinted = true;
        this.#hinted.resolve(true);
      },
      onFailure: (reason) => {
        this.#hasHints = false;
        onNoHints(reason);
      },
    });
  }
}
