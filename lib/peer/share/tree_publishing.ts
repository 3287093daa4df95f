/**
 * Publishing many files: those that have not changed since they were published cost a look, small ones
 * are hashed in a thread, and the index hears of many at once.
 *
 * @module
 */

import { forEachPooled } from "../../async/pooled.ts";
import { BitTrickleError, interrupted } from "../../errors.ts";
import type { FileDetails, Reply } from "../../protocol/messages.ts";
import { announce } from "./announce.ts";
import { detailsOf, isSameFile } from "./identity.ts";
import type { Skipped } from "./list_tree.ts";
import type { Look } from "./look.ts";
import type { HashedPublication, Publication } from "./publication_memory.ts";
import type { PublishOptions } from "./published_files.ts";
import type { PublisherSetting } from "./publisher_setting.ts";
import { findDifferences, type ShareDifferences } from "./share_differences.ts";

/** Files that are looked at together, and told while the next ones are looked at. */
const CHUNK = 256;

/** Files after which it pays to ask the index first what it has. */
const FEW = 64;

/** Larger files that are made ready at once: while one is read, another waits for the index. */
const AT_ONCE = 8;

/** How many of several files are done with. */
export interface FileCount {
  readonly done: number;
  readonly all: number;
}

/** How a folder is published. */
export interface TreeOptions {
  /** Whether the files are those that a pattern stands for, see `glob.ts`. @default {false} */
  readonly isPattern?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears how many bytes of large files have been read, and how many files are done with. */
  readonly onProgress?: ((bytes: number, files: FileCount) => void) | undefined;
}

/** Publishes one file, see {@linkcode Publisher.pub}. */
type PublishOne = (name: string, options: PublishOptions) => Promise<Reply>;

/** What looking at some files has shown. */
interface Looked {
  /** What was published before. */
  readonly before: ReadonlyMap<string, HashedPublication>;
  /** What is published now. */
  readonly known: readonly Publication[];
  /** The names of files that have to be read first, or cannot be. */
  readonly rest: readonly string[];
}

const NOTHING: Looked = { before: new Map(), known: [], rest: [] };

/** Publishes a list of files once. */
export class TreePublishing {
  /** The names that have been published so far, those among them that were published before. */
  readonly published: string[] = [];
  readonly #setting: PublisherSetting;
  readonly #publishOne: PublishOne;
  readonly #failed: Skipped[] = [];
  /** Bytes that have been read of each file that is read on its own. */
  readonly #read = new Map<string, number>();
  #readBytes = 0;
  #tell = () => {};
  /** What the index has otherwise, if that was asked for. */
  #differences: ShareDifferences | undefined;

  constructor(setting: PublisherSetting, publishOne: PublishOne) {
    this.#setting = setting;
    this.#publishOne = publishOne;
  }

  /**
   * Publishes `names`, and returns those that could not be published.
   *
   * @throws {BitTrickleError} of the index, or `interrupted`
   */
  async run(
    names: readonly string[],
    { signal, onProgress }: TreeOptions,
  ): Promise<readonly Skipped[]> {
    const { isSealed, files, ask } = this.#setting;
    this.#tell = () => onProgress?.(this.#readBytes, { done: this.#done, all: names.length });
    const isMuch = isSealed && names.length > FEW;
    if (isMuch && !files.isEmpty) this.#differences = await findDifferences(ask, files);
    using _ = files.batch();
    let announcing: Promise<void> = Promise.resolve();
    const look = (at: number): Promise<Looked> => {
      const chunk = names.slice(at, at + CHUNK);
      return isMuch ? this.#look(chunk) : Promise.resolve({ ...NOTHING, rest: chunk });
    };
    let looking = look(0);
    try {
      for (let at = 0; at < names.length; at += CHUNK) {
        if (signal?.aborted) throw interrupted();
        const looked = await looking;
        looking = look(at + CHUNK); // The thread looks on while the index is told.
        looking.catch(() => {}); // It is waited for next, or below.
        await announcing;
        announcing = this.#announce(looked);
        announcing.catch(() => {}); // It is waited for below.
        await forEachPooled(
          AT_ONCE,
          looked.rest,
          (name, over) => this.#one(name, signal ? AbortSignal.any([signal, over]) : over),
        );
      }
    } finally {
      await Promise.allSettled([looking]);
      await announcing;
    }
    return this.#failed;
  }

  /** Looks at files, and tells those whose identity is known then from the others. */
  async #look(names: readonly string[]): Promise<Looked> {
    const { files, looks } = this.#setting;
    const before = files.hashedOf(names);
    const folder = files.folder.path;
    const [known, rest]: [Publication[], string[]] = [[], []];
    const found = await Promise.all(names.map((name) => {
      return looks.do({ folder, name, known: before.get(name)?.state, isHashed: true });
    }));
    for (const [i, name] of names.entries()) {
      const details = this.#detailsOf(name, found[i], before.get(name));
      if (details) known.push({ name, details, isTold: false });
      else rest.push(name);
    }
    return { before, known, rest };
  }

  /** What a look has shown, if it is enough. */
  #detailsOf(
    name: string,
    look: Look,
    before: HashedPublication | undefined,
  ): FileDetails | undefined {
    const { files } = this.#setting;
    if (look === undefined || look === "other") return undefined;
    if (look !== "same") files.remember(name, look);
    else if (before?.details && before.hashedId === before.details.id) return before.details;
    const identity = look === "same" ? files.lastKnown(name) : look;
    return identity && detailsOf(identity);
  }

  async #announce({ known, before }: Looked): Promise<void> {
    const { files, ask } = this.#setting;
    const news = known.filter((it) => !this.#isTold(it, before.get(it.name)));
    files.put(...news);
    try {
      await announce(ask, this.#setting, news, files.version);
      this.published.push(...known.map(({ name }) => name));
      this.#tell();
    } catch (error) {
      const told = known.filter(({ name }) => files.get(name)?.isTold);
      this.published.push(...told.map(({ name }) => name));
      this.#undo(news, before);
      throw error;
    }
  }

  #isTold({ name, details }: Publication, before: Publication | undefined): boolean {
    const isKnown = before?.isTold && isSameFile(before.details, details);
    return isKnown === true && this.#differences?.of(name, details) === "same";
  }

  /** What the index was not told is as it was before. */
  #undo(news: readonly Publication[], before: ReadonlyMap<string, Publication>): void {
    const { files } = this.#setting;
    for (const { name } of news) {
      if (files.get(name)?.isTold !== false) continue;
      const publication = before.get(name);
      if (publication) files.put(publication);
      else files.remove(name);
    }
  }

  get #done(): number {
    return this.published.length + this.#failed.length;
  }

  async #one(name: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#publishOne(name, { signal, onProgress: (bytes) => this.#takeRead(name, bytes) });
      this.published.push(name);
    } catch (error) {
      if (!isAboutOneFile(error)) throw error;
      this.#failed.push({ name, code: error.code, reason: reasonAlone(error) });
    }
    this.#read.delete(name);
    this.#tell();
  }

  #takeRead(name: string, bytes: number): void {
    this.#readBytes += bytes - (this.#read.get(name) ?? 0);
    this.#read.set(name, bytes);
    this.#tell();
  }
}

function isAboutOneFile(error: unknown): error is BitTrickleError {
  return error instanceof BitTrickleError && ["usage", "not_found", "disk"].includes(error.code);
}

/** Why a file could not be published, without its name. */
function reasonAlone({ cause, message }: BitTrickleError): string {
  return cause instanceof BitTrickleError ? cause.message : message;
}
