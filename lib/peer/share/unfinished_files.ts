/**
 * Files that are being downloaded, and are served to others meanwhile as far as they have come.
 *
 * @module
 */

import { withTimeout } from "../../async/with_timeout.ts";
import { type ContentKey, formatContent } from "../../protocol/content.ts";
import type { ServedContent } from "./served_content.ts";
import type { SharedFile } from "./identity.ts";

/**
 * How long a complete file goes on being served to those who fetch it already, in milliseconds: they
 * may have all that others have and lack the last piece, and a user waits that long before leaving.
 */
export const LINGER_MS = 10_000;

/** Content that is complete now, and still served. */
interface Lingering {
  readonly file: SharedFile;
  /** Ends it. */
  readonly stop: () => void;
  readonly end: Promise<unknown>;
}

/**
 * The unfinished files of one client: downloads put them here, and uploads serve them. Contents are
 * told apart as they are written in {@linkcode formatContent}.
 */
export class UnfinishedFiles {
  readonly #lingerMs: number;
  /** Two downloads may be at work on one content; the first is the one that is served. */
  readonly #files = new Map<string, readonly ServedContent[]>();
  readonly #lingering = new Map<string, Lingering>();
  /** How many connections fetch a content, whatever serves it. */
  readonly #fetchers = new Map<string, number>();
  #isClosed = false;

  /** @param lingerMs As {@linkcode LINGER_MS} */
  constructor(lingerMs: number = LINGER_MS) {
    this.#lingerMs = lingerMs;
  }

  /** Whether complete files are still served to others. */
  get isLingering(): boolean {
    return this.#lingering.size > 0;
  }

  /** Begins to serve `file`. It can be read until it is removed, or lingers. */
  add(file: ServedContent): void {
    if (this.#isClosed) return;
    const content = formatContent(file);
    this.#files.set(content, [...this.#files.get(content) ?? [], file]);
  }

  /** Serves `file` no more. */
  remove(file: ServedContent): void {
    const content = formatContent(file);
    const others = this.#files.get(content)?.filter((other) => other !== file) ?? [];
    if (others.length > 0) this.#files.set(content, others);
    else this.#files.delete(content);
  }

  /** An unfinished file with `content`. */
  withContent(content: ContentKey): ServedContent | undefined {
    return this.#files.get(formatContent(content))?.[0];
  }

  /** A file of the shared folder with `content` that is complete and lingers. */
  finishedWith(content: ContentKey): SharedFile | undefined {
    return this.#lingering.get(formatContent(content))?.file;
  }

  /** Takes in that a connection fetches `content`, until it is disposed of. */
  fetch(content: ContentKey): Disposable {
    const key = formatContent(content);
    this.#fetchers.set(key, (this.#fetchers.get(key) ?? 0) + 1);
    return { [Symbol.dispose]: () => this.#leave(key) };
  }

  /**
   * Serves `finished`, a file of the shared folder, in place of the unfinished `file` while anybody
   * fetches it, but not for long. Resolves when that is over.
   */
  async linger(file: ServedContent, finished: SharedFile): Promise<void> {
    this.remove(file);
    const content = formatContent(file);
    if (this.#isClosed || !this.#fetchers.has(content)) return;
    this.forget(file);
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = withTimeout(promise, this.#lingerMs);
    const lingering = { file: finished, stop: resolve, end };
    this.#lingering.set(content, lingering);
    await end;
    if (this.#lingering.get(content) === lingering) this.#lingering.delete(content);
  }

  /** Ends the lingering of `content`, if it does: the file is not what it was, for example. */
  forget(content: ContentKey): void {
    const key = formatContent(content);
    this.#lingering.get(key)?.stop();
    this.#lingering.delete(key);
  }

  /** Resolves when no complete file lingers any more. */
  async settle(): Promise<void> {
    while (this.isLingering) {
      await Promise.all([...this.#lingering.values()].map(({ end }) => end));
    }
  }

  /** Serves nothing any more. After that no timer is left. */
  close(): void {
    this.#isClosed = true;
    this.#files.clear();
    for (const { stop } of this.#lingering.values()) stop();
    this.#lingering.clear();
  }

  #leave(content: string): void {
    const left = this.#fetchers.get(content)! - 1;
    if (left > 0) return void this.#fetchers.set(content, left);
    this.#fetchers.delete(content);
    this.#lingering.get(content)?.stop();
  }
}
