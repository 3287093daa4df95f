/**
 * The shared files: which files of the shared folder are served to others.
 *
 * @module
 */

import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { BitTrickleError } from "../../errors.ts";
import { type ContentKey, formatContent } from "../../protocol/content.ts";
import type { FileDetails } from "../../protocol/messages.ts";
import { nameFault } from "../../protocol/names.ts";
import { type FileState, stateOf } from "./file_state.ts";
import { findOnDisk, throwFault } from "./find_on_disk.ts";

// Absent on Windows, where links need privileges and pipes are no files. A permission for less than
// everything makes Deno follow links in spite of O_NOFOLLOW, so what was opened is checked as well.
/** How a shared file is opened, to be read. */
export const SAFELY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);

/** What a file is, as far as its content goes. */
export interface Identity {
  /** Its id in hexadecimal. */
  readonly id: string;
  /** The hashes of its pieces, one after the other. */
  readonly layer: Uint8Array;
  /** What the file was like when it was hashed. */
  readonly state: FileState;
}

/** A shared file whose identity is known. */
export interface SharedFile extends Identity {
  readonly name: string;
}

/** The published files of one folder. Only what is among the shared files is ever served. */
export class SharedFiles {
  readonly #files = new Map<string, Identity | undefined>();
  /** By content, as it is written in {@linkcode formatContent}. */
  readonly #namesOf = new Map<string, Set<string>>();

  /** @param folder The shared folder, where downloads go as well. */
  constructor(readonly folder: string) {}

  /** The names of the shared files, sorted. */
  get names(): string[] {
    return [...this.#files.keys()].sort();
  }

  /** Puts `name` among the shared files. Without an identity it is served by its name alone. */
  add(name: string, identity?: Identity): void {
    this.remove(name);
    this.#files.set(name, identity);
    if (!identity) return;
    const content = contentOf(identity);
    const names = this.#namesOf.get(content) ?? new Set();
    this.#namesOf.set(content, names.add(name));
  }

  /** Takes `name` from the shared files. */
  remove(name: string): void {
    const identity = this.#files.get(name);
    this.#files.delete(name);
    if (!identity) return;
    const content = contentOf(identity);
    const names = this.#namesOf.get(content);
    if (names?.delete(name) && names.size === 0) this.#namesOf.delete(content);
  }

  /** Whether `name` is among the shared files. */
  has(name: string): boolean {
    return this.#files.has(name);
  }

  /** What the file `name` among the shared files is, if its identity is known. */
  detailsOf(name: string): FileDetails | undefined {
    const identity = this.#files.get(name);
    return identity && { size: identity.state.size, id: identity.id };
  }

  /** A shared file that holds `content`. */
  withContent(content: ContentKey): SharedFile | undefined {
    const [name] = this.#namesOf.get(formatContent(content)) ?? [];
    const identity = name === undefined ? undefined : this.#files.get(name);
    return identity && { name: name!, ...identity };
  }

  /**
   * Opens the file `name`, which must follow the name rule and be a regular file of the folder.
   *
   * @throws {BitTrickleError} `usage` for a bad name, `not_found` for a file that is not there or
   * not a regular one, `disk` for one that cannot be read
   */
  async open(name: string): Promise<FileHandle> {
    const fault = nameFault(name);
    if (fault) throw new BitTrickleError("usage", fault);
    const { path, status: named } = await findOnDisk(this.folder, name);
    assertRegular(named);
    const file = await open(path, SAFELY).catch(throwFault);
    const opened = await file.stat();
    if (opened.ino === named.ino && opened.dev === named.dev) return file;
    await file.close();
    throw new BitTrickleError("not_found", "it was replaced just now");
  }

  /**
   * Makes sure that `name` can be shared, and returns what it is like.
   *
   * @throws {BitTrickleError} as {@linkcode open} does
   */
  async check(name: string): Promise<FileState> {
    const file = await this.open(name);
    try {
      return await stateOf(file);
    } finally {
      await file.close();
    }
  }
}

function contentOf({ id, state }: Identity): string {
  return formatContent({ id, size: state.size });
}

function assertRegular(status: Stats): void {
  if (status.isFile()) return;
  const reason = status.isSymbolicLink()
    ? "it is a link, and links are not shared"
    : "it is not a regular file";
  throw new BitTrickleError("not_found", reason);
}
