/**
 * What the system tells of changed files. It may tell nothing, or too late, or stop telling: these are
 * hints where to look first.
 *
 * @module
 */

import { relative, SEPARATOR } from "@std/path";
import { BitTrickleError, reasonOf } from "../../errors.ts";

/** Tells of changes below some paths until it is closed, as `Deno.watchFs` does. */
export type Watcher = AsyncIterable<Deno.FsEvent> & { close(): void };

/** Begins to watch `paths` and all that is below. */
export type OpenWatcher = (paths: string[]) => Watcher;

/** More changed files than these are found by looking at all as quickly. */
const MOST_HINTS = 1_000;

/**
 * What the system says where it watches no more. Its own words are about disks and open files, of which
 * there are enough.
 */
const LIMITS: readonly (readonly [said: RegExp, words: string])[] = [
  [
    /file watch limit reached|No space left on device/,
    "it watches no more folders: raise fs.inotify.max_user_watches",
  ],
  [
    /Too many open files/,
    "it watches for no more programs: raise fs.inotify.max_user_instances, or ulimit -n",
  ],
];

/** How hints are taken. */
export interface HintSetting {
  /** The shared folder, without links. */
  readonly folder: string;
  /** What is watched. */
  readonly paths: readonly string[];
  readonly openWatcher: OpenWatcher;
  /** Hears that there is something to look at. */
  readonly onHint: () => void;
  /** Hears why there will be no more hints. */
  readonly onFailure: (reason: string) => void;
}

/** What has come. */
export interface Hints {
  /** Files that may have changed. */
  readonly names: readonly string[];
  /** Whether others may have, too. */
  readonly isPart: boolean;
}

/** Collects the names of files that may have changed. */
export class WatchHints implements Disposable {
  readonly #setting: HintSetting;
  #names = new Set<string>();
  #watcher: Watcher | undefined;
  #isPart = false;
  #isDisposed = false;

  constructor(setting: HintSetting) {
    this.#setting = setting;
    this.#listen().catch((error) => {
      this.#watcher = undefined;
      if (!this.#isDisposed) setting.onFailure(reasonFor(error));
    });
  }

  /** What has come since this was asked for the last time. */
  take(): Hints {
    const hints = { names: [...this.#names], isPart: this.#isPart };
    this.#names = new Set();
    this.#isPart = false;
    return hints;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  async #listen(): Promise<void> {
    const { paths, openWatcher, onHint } = this.#setting;
    this.#watcher = openWatcher([...paths]);
    for await (const { kind, paths, flag } of this.#watcher) {
      // Reading a file, as this client does, changes nothing.
      if (kind === "access") continue;
      if (flag === "rescan") this.#isPart = true;
      for (const path of paths) this.#add(path);
      onHint();
    }
    if (!this.#isDisposed) throw new BitTrickleError("disk", "it has stopped telling");
  }

  #add(path: string): void {
    if (this.#names.size >= MOST_HINTS) {
      this.#isPart = true;
      return;
    }
    const name = relative(this.#setting.folder, path).replaceAll(SEPARATOR, "/");
    this.#names.add(name.normalize("NFC"));
  }
}

function reasonFor(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  return LIMITS.find(([said]) => said.test(message))?.[1] ?? reasonOf(error);
}
