/**
 * What one connection fetches: the content that it asked for last, and the file that has it.
 *
 * @module
 */

import { type ContentKey, isSameContent } from "../../protocol/content.ts";
import type { TransferRefusal } from "../../protocol/transfer.ts";
import type { SmallContent } from "../share/read_small.ts";
import type { ServedContent } from "../share/served_content.ts";
import { SharedContent } from "../share/shared_content.ts";
import type { SharedFile } from "../share/identity.ts";
import type { PublishedFiles } from "../share/published_files.ts";
import type { SmallReads } from "../share/small_reads.ts";
import type { UnfinishedFiles } from "../share/unfinished_files.ts";

/** Files that are looked at again because of one content: there may be many copies of it. */
const LOOKED_AT = 8;

/** Which files there are, and who hears that one has changed. */
export interface ServedFiles {
  readonly published: PublishedFiles;
  readonly unfinishedFiles: UnfinishedFiles;
  /** Hears of a published file that is not what it was: it has to be hashed again. */
  readonly onChanged: (name: string) => void;
  /** Whether files are being hashed again: what is not published may be in a moment. */
  readonly isChanging: () => boolean;
  /** Whether the file `id` may be hashed again because of what a downloader says or asks for. */
  readonly mayHashAgain: (id: string) => boolean;
  /** Reads small files, if it can. */
  readonly smallReads: SmallReads;
}

/** Finds contents for one connection, and keeps one file open. */
export class FetchedContent implements AsyncDisposable {
  readonly #files: ServedFiles;
  #content: ContentKey | undefined;
  #fetching: Disposable | undefined;
  #open: SharedContent | undefined;

  constructor(files: ServedFiles) {
    this.#files = files;
  }

  /** What is served of `content` at this moment: of a whole file, or else of an unfinished one. */
  async find(content: ContentKey): Promise<ServedContent | undefined> {
    this.#begin(content);
    const { published, unfinishedFiles } = this.#files;
    const whole = published.withContent(content) ?? unfinishedFiles.finishedWith(content);
    if (whole) return await this.#view(whole);
    const unfinished = unfinishedFiles.withContent(content);
    if (!unfinished) this.#lookAgain(content);
    return unfinished;
  }

  /** Why nothing is found. */
  get absence(): TransferRefusal {
    return this.#files.isChanging() ? 410 : 404;
  }

  /**
   * Reads a piece of `served`, or of what has taken its place: a download that is complete goes on
   * elsewhere.
   *
   * @throws {BitTrickleError} as {@linkcode ServedContent.read}
   */
  async read(served: ServedContent, piece: number): Promise<Uint8Array> {
    try {
      return await served.read(piece);
    } catch (error) {
      const next = await this.find(served);
      if (!next || next === served || !next.has(piece)) throw error;
      return await next.read(piece);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fetching?.[Symbol.dispose]();
    this.#fetching = undefined;
    await this.#close();
  }

  #begin(content: ContentKey): void {
    if (this.#content && isSameContent(this.#content, content)) return;
    this.#fetching?.[Symbol.dispose]();
    this.#content = content;
    this.#fetching = this.#files.unfinishedFiles.fetch(content);
  }

  /** What is published, and cannot be found, may be back, or could not be read the last time. */
  #lookAgain(content: ContentKey): void {
    const { published, onChanged, mayHashAgain } = this.#files;
    const names = published.namesOf(content).slice(0, LOOKED_AT);
    if (names.length > 0 && mayHashAgain(content.id)) names.forEach(onChanged);
  }

  async #view(file: SharedFile): Promise<SharedContent> {
    if (this.#open?.isOf(file)) return this.#open;
    await this.#close();
    const { published, mayHashAgain } = this.#files;
    const open = (name: string) => published.folder.open(name);
    const readSmall = (file: SharedFile) => this.#readSmall(file);
    const onChanged = (file: SharedFile) => this.#forget(file);
    return this.#open = new SharedContent(file, { open, readSmall, onChanged, mayHashAgain });
  }

  async #readSmall({ name, state }: SharedFile): Promise<SmallContent> {
    const { smallReads, published } = this.#files;
    const folder = published.folder.path;
    return await smallReads.do({ folder, name, state }).catch(() => undefined);
  }

  /** A file that has changed lingers no more; one that is published is looked at again. */
  #forget({ id, name, state: { size } }: SharedFile): void {
    const { published, unfinishedFiles, onChanged } = this.#files;
    unfinishedFiles.forget({ id, size });
    if (published.has(name)) onChanged(name);
  }

  async #close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.[Symbol.asyncDispose]();
  }
}
