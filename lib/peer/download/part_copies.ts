/**
 * The files in which a content is kept until it has its final name: one for each download of it that
 * is at work in the same folder.
 *
 * @module
 */

import type { ContentKey } from "../../protocol/content.ts";
import { LockedFile } from "./locked_file.ts";
import { lstatIfThere } from "../share/inode.ts";
import { type Target } from "./target.ts";

/** Digits of the id in the name of a part file. */
const MARK_DIGITS = 8;

/** Downloads of one file into one folder at once, by several clients: few people have more. */
const MOST_COPIES = 4;

/** The part files of one content. Nobody else's file has the content in its name. */
export class PartCopies {
  readonly #target: Target;
  readonly #content: ContentKey;

  constructor(target: Target, content: ContentKey) {
    this.#target = target;
    this.#content = content;
  }

  /** Where they are, the first one first. */
  get paths(): string[] {
    return Array.from({ length: MOST_COPIES }, (_, i) => this.#path(i + 1));
  }

  /** Where the first one is. */
  get first(): string {
    return this.#path(1);
  }

  /** Makes what is left of `old`, which is not to be had any more, the first of these. Never fails. */
  async takeOver(old: ContentKey): Promise<void> {
    const [from, to] = [new PartCopies(this.#target, old).#path(1), this.#path(1)];
    try {
      if (!await lstatIfThere(from) || await lstatIfThere(to)) return;
      using part = await LockedFile.tryOpen(from);
      if (!part) return;
      const { size } = await part.file.stat();
      if (size > this.#content.size) await part.file.truncate(this.#content.size);
      await Deno.rename(from, to);
    } catch {
      // Then all of it is fetched.
    }
  }

  /** Removes those that others have left, but not where one is at work. Never fails. */
  async removeLeft(): Promise<void> {
    for (const path of this.paths) {
      if (!await lstatIfThere(path).catch(() => undefined)) continue;
      using part = await LockedFile.tryOpen(path).catch(() => undefined);
      const length = (await part?.file.stat().catch(() => undefined))?.size ?? Infinity;
      // What is too long is no part of it, whatever it is called.
      if (length <= this.#content.size) await part?.remove();
    }
  }

  #path(copy: number): string {
    const { id, size } = this.#content;
    return this.#target.partPath(`${id.slice(0, MARK_DIGITS)}-${size}`, copy);
  }
}
