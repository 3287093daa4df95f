/**
 * The files that a user publishes from one folder at one index: which, and what they are. All of that
 * is in the memory that the clients of the folder share, and looked up there.
 *
 * @module
 */

import { join } from "@std/path";
import { BitTrickleError } from "../../errors.ts";
import { type ContentKey, formatContent } from "../../protocol/content.ts";
import { escapeText } from "../../protocol/escape.ts";
import type { FileDetails, PublishedFile } from "../../protocol/messages.ts";
import type { PieceHasher } from "../pieces/piece_hasher.ts";
import type { FileMemory } from "./file_memory.ts";
import type { FileState } from "./file_state.ts";
import { identify, type IdentifyOptions } from "./identify.ts";
import { detailsOf, type Identity, type SharedFile } from "./identity.ts";
import { isOwn } from "./own_names.ts";
import type { HashedPublication, Publication } from "./publication_memory.ts";
import type { SharedFolder } from "./shared_folder.ts";

/** How a file is got ready. */
export interface PublishOptions extends IdentifyOptions {
  /** Whether it is read even if it looks as when it was hashed. @default {false} */
  readonly fresh?: boolean | undefined;
}

/** Publications that are looked at together: a few milliseconds' work. */
const PAGE = 256;

/** Contents whose files are known without asking the memory, as long as nothing in it changes. */
const CACHED = 64;

/** What one user publishes from one folder. Only that is ever served. */
export class PublishedFiles {
  readonly folder: SharedFolder;
  readonly #memory: FileMemory;
  readonly #hasher: PieceHasher;
  /** See {@linkcode placeFor}. Before it is known nothing is published. */
  #place: string | undefined;
  readonly #cache = new Map<string, SharedFile | undefined>();
  #cachedAt = "";

  constructor(folder: SharedFolder, memory: FileMemory, hasher: PieceHasher) {
    this.folder = folder;
    this.#memory = memory;
    this.#hasher = hasher;
  }

  /** Publishes from `place`, where others may have published before. */
  enter(place: string): void {
    this.#place = place;
  }

  /** Another text after every change of what is published, whichever client made it. */
  get version(): string {
    return this.#published.version;
  }

  /** What is published as `name`. */
  get(name: string): Publication | undefined {
    return this.#place === undefined ? undefined : this.#published.get(this.#place, name);
  }

  /** Whether anything is published as `name`. */
  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Whether anything is published at all. */
  get isEmpty(): boolean {
    return this.#published.page(this.#here, "", 1).length === 0;
  }

  /** All publications in the order of their names, some at a time. */
  *pages(): Generator<readonly Publication[]> {
    yield* pagesOf((after) => this.#published.page(this.#here, after, PAGE));
  }

  /** The same, with what is remembered of their files. */
  *hashedPages(): Generator<readonly HashedPublication[]> {
    this.#memory.saveHashes();
    const { path } = this.folder;
    yield* pagesOf((after) => this.#published.hashedPage(this.#here, after, PAGE, path));
  }

  /** What is published under some of `names`, with what is remembered of their files. */
  hashedOf(names: readonly string[]): ReadonlyMap<string, HashedPublication> {
    this.#memory.saveHashes();
    const found = this.#published.hashedOf(this.#here, names, this.folder.path);
    return new Map(found.map((it) => [it.name, it]));
  }

  /** A published file that holds `content`. */
  withContent(content: ContentKey): SharedFile | undefined {
    if (this.#place === undefined) return undefined;
    const { version } = this.#memory;
    if (version !== this.#cachedAt || this.#cache.size >= CACHED) this.#cache.clear();
    this.#cachedAt = version;
    const key = formatContent(content);
    if (!this.#cache.has(key)) this.#cache.set(key, this.#find(content));
    return this.#cache.get(key);
  }

  /** The names under which `content` is published, whether their files hold it still or not. */
  namesOf(content: ContentKey): readonly string[] {
    return this.#place === undefined ? [] : this.#published.namesOf(this.#place, content);
  }

  /** Publishes `publications` from here, instead of what had their names. */
  put(...publications: readonly Publication[]): void {
    this.#memory.saveHashes();
    this.#published.put(this.#here, publications);
  }

  /** Publishes `name` no more. */
  remove(name: string): void {
    this.#published.remove(this.#here, name);
  }

  /** Remembers that the index has confirmed `told`, as far as that is what is published still. */
  confirm(told: readonly PublishedFile[]): void {
    this.#published.confirm(this.#here, told);
  }

  /** The catalogue of the index that has confirmed what it was told. */
  get catalogue(): string | undefined {
    return this.#published.catalogueOf(this.#here);
  }

  /** Takes in which catalogue the index has now: another one has confirmed nothing yet. */
  enterCatalogue(id: string): void {
    this.#published.enterCatalogue(this.#here, id);
  }

  /**
   * Finds out what the file `name` is, from memory if it has not changed and that is good enough.
   *
   * @throws {BitTrickleError} as {@linkcode SharedFolder.open} and {@linkcode identify} do, with a
   * message for the user
   */
  async identify(name: string, options: PublishOptions = {}): Promise<Identity> {
    try {
      const state = await this.folder.check(name);
      // Until it has been read it is remembered as it was: who asks for that has it read once more.
      const known = options.fresh ? undefined : this.known(name, state);
      if (known) return known;
      const identity = await this.#read(name, options);
      this.remember(name, identity);
      return identity;
    } catch (error) {
      throw cannotPublish(name, error);
    }
  }

  /**
   * What the index is told of the file `name`.
   *
   * @param isHashed Whether its id is told as well
   * @throws {BitTrickleError} as {@linkcode identify}
   */
  async details(name: string, isHashed: boolean, options?: PublishOptions): Promise<FileDetails> {
    if (isHashed) return detailsOf(await this.identify(name, options));
    try {
      return { size: (await this.folder.check(name)).size };
    } catch (error) {
      throw cannotPublish(name, error);
    }
  }

  /** What the file `name` is, as far as that is remembered and it is in that state still. */
  known(name: string, state: FileState): Identity | undefined {
    return this.#memory.identityOf(this.#pathOf(name), state);
  }

  /** What the file `name` was when it was hashed. */
  lastKnown(name: string): Identity | undefined {
    return this.#memory.lastIdentityOf(this.#pathOf(name));
  }

  /** Takes in what the file `name` is, so that it need not be read again. */
  remember(name: string, identity: Identity): void {
    this.#memory.remember(this.#pathOf(name), identity);
  }

  /** See {@linkcode FileMemory.batch}. */
  batch(): Disposable {
    return this.#memory.batch();
  }

  get #published() {
    return this.#memory.publications;
  }

  get #here(): string {
    if (this.#place !== undefined) return this.#place;
    throw new BitTrickleError("refused", "Log in first");
  }

  #pathOf(name: string): string {
    return join(this.folder.path, name);
  }

  #find(content: ContentKey): SharedFile | undefined {
    for (const name of this.namesOf(content)) {
      if (isOwn(this.folder.own, name)) continue;
      const identity = this.lastKnown(name);
      if (identity?.id === content.id && identity.state.size === content.size) {
        return { name, ...identity };
      }
    }
  }

  async #read(name: string, options: IdentifyOptions): Promise<Identity> {
    const file = await this.folder.open(name);
    try {
      return await identify(file, this.#hasher, options);
    } finally {
      await file.close();
    }
  }
}

function* pagesOf<P extends Publication>(pageAfter: (after: string) => P[]): Generator<P[]> {
  for (let page = pageAfter(""); page.length > 0; page = pageAfter(page.at(-1)!.name)) yield page;
}

function cannotPublish(name: string, error: unknown): unknown {
  if (!(error instanceof BitTrickleError) || error.code === "interrupted") return error;
  const message = `Cannot publish "${escapeText(name)}": ${error.message}`;
  return new BitTrickleError(error.code, message, { cause: error });
}
