/**
 * The files that a user publishes: hashed, remembered, and kept as shared files.
 *
 * @module
 */

import { join } from "@std/path";
import { BitTrickleError } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import type { FileDetails } from "../../protocol/messages.ts";
import type { FileState } from "./file_state.ts";
import type { FileMemory } from "./file_memory.ts";
import { identify, type IdentifyOptions } from "./identify.ts";
import type { PieceHasher } from "../pieces/piece_hasher.ts";
import type { Identity, SharedFiles } from "./shared_files.ts";

/** How a file is got ready. */
export interface PublishOptions extends IdentifyOptions {
  /** Whether it is read even if it looks as when it was hashed. @default {false} */
  readonly fresh?: boolean | undefined;
}

/** Gets files of one folder ready to be served. */
export class PublishedFiles {
  readonly #sharedFiles: SharedFiles;
  readonly #memory: FileMemory;
  /** Whose publications from where, for the memory. */
  readonly #place: string;
  readonly #hasher: PieceHasher;

  constructor(sharedFiles: SharedFiles, memory: FileMemory, place: string, hasher: PieceHasher) {
    this.#sharedFiles = sharedFiles;
    this.#memory = memory;
    this.#place = place;
    this.#hasher = hasher;
  }

  /**
   * Finds out what the file `name` is, from memory if it has not changed and that is good enough.
   *
   * @throws {BitTrickleError} as {@linkcode SharedFiles.open} and {@linkcode identify} do, with a message
   * for the user
   */
  async identify(name: string, options: PublishOptions = {}): Promise<Identity> {
    if (options.fresh) this.forget(name);
    try {
      const state = await this.#sharedFiles.check(name);
      const known = options.fresh ? undefined : this.known(name, state);
      if (known) return known;
      const identity = await this.#read(name, options);
      this.remember(name, identity);
      return identity;
    } catch (error) {
      throw cannotPublish(name, error);
    }
  }

  /** What the file `name` is, as far as that is remembered and it is in that state still. */
  known(name: string, state: FileState): Identity | undefined {
    return this.#memory.identityOf(join(this.#sharedFiles.folder, name), state);
  }

  /**
   * What the index is told of the file `name`, which has been checked.
   *
   * @param isHashed Whether its id is told as well
   */
  async details(name: string, isHashed: boolean, options?: PublishOptions): Promise<{
    readonly details: FileDetails;
    readonly identity: Identity | undefined;
  }> {
    if (!isHashed) return { details: await this.#sizeOnly(name), identity: undefined };
    const identity = await this.identify(name, options);
    return { details: { size: identity.state.size, id: identity.id }, identity };
  }

  /** Serves `name` from now on, and in later sessions. */
  add(name: string, identity: Identity | undefined): void {
    this.#sharedFiles.add(name, identity);
    this.#memory.published(this.#place, name);
  }

  /** Serves `name` no more. */
  remove(name: string): void {
    this.#sharedFiles.remove(name);
    this.#memory.withdrawn(this.#place, name);
  }

  /** Whether `name` was published from here, now or in an earlier session. */
  has(name: string): boolean {
    return this.#memory.hasPublished(this.#place, name);
  }

  /** Takes in what the file `name` is, so that it need not be read again. */
  remember(name: string, identity: Identity): void {
    this.#memory.remember(join(this.#sharedFiles.folder, name), identity);
  }

  /** See {@linkcode FileMemory.batch}. */
  batch(): Disposable {
    return this.#memory.batch();
  }

  /** Has the file `name` read the next time, whatever it looks like. */
  forget(name: string): void {
    this.#memory.forget(join(this.#sharedFiles.folder, name));
  }

  async #read(name: string, options: IdentifyOptions): Promise<Identity> {
    const file = await this.#sharedFiles.open(name);
    try {
      return await identify(file, this.#hasher, options);
    } finally {
      await file.close();
    }
  }

  async #sizeOnly(name: string): Promise<FileDetails> {
    try {
      return { size: (await this.#sharedFiles.check(name)).size };
    } catch (error) {
      throw cannotPublish(name, error);
    }
  }
}

function cannotPublish(name: string, error: unknown): unknown {
  if (!(error instanceof BitTrickleError) || error.code === "interrupted") return error;
  const message = `Cannot publish "${escapeText(name)}": ${error.message}`;
  return new BitTrickleError(error.code, message, { cause: error });
}
