/**
 * Getting a tree: every file that others publish below a folder.
 *
 * @module
 */

import { pooledMap } from "@std/async/pool";
import { BitTrickleError, type ErrorCode } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { PIECE_BYTES, SEARCH_BYTES } from "../protocol/limits.ts";
import { beginningBelow } from "../protocol/names.ts";
import { beginningOf } from "../protocol/utf8.ts";
import type { GetOptions, Gotten } from "./getter.ts";
import type { List } from "./index_session.ts";

/** Small files that are on their way at once: enough that none waits for the answer to another. */
const SMALL_AT_ONCE = 16;

/** What came of getting a tree. */
export interface GottenTree {
  /** Names that were fetched. */
  readonly downloaded: readonly string[];
  /** Names whose very files the folder had already. */
  readonly present: readonly string[];
  readonly failed: readonly { readonly name: string; readonly code: ErrorCode; reason: string }[];
  /** Bytes that were fetched. */
  readonly bytes: number;
}

/** What it takes. */
export interface TreeSetting {
  readonly search: (text: string) => Promise<List>;
  readonly get: (name: string, options: GetOptions) => Promise<Gotten>;
  /** Names that the user publishes, which no search finds. */
  readonly own: readonly string[];
}

/** A file of the tree. */
interface Leaf {
  readonly name: string;
  /** Bytes, if the index knows. */
  readonly size: number;
}

/**
 * Gets every file whose name begins with `folder`, small ones many at a time, large ones one after
 * the other. What fails does not stop the rest.
 *
 * @throws {BitTrickleError} `interrupted`, or of the index
 */
export async function getTree(
  folder: string,
  setting: TreeSetting,
  options: GetOptions = {},
): Promise<GottenTree> {
  const prefix = beginningBelow(folder);
  // A cursor has to fit beside the search. What is found beyond the prefix is left out below.
  const text = beginningOf(prefix, SEARCH_BYTES / 2);
  const leaves = leavesOf(await setting.search(text), prefix);
  const tree = new Tree(setting, options, leaves.reduce((sum, { size }) => sum + size, 0));
  tree.present.push(...setting.own.filter((name) => name.startsWith(prefix)));
  const small = leaves.filter(({ size }) => size <= PIECE_BYTES);
  const large = leaves.filter(({ size }) => size > PIECE_BYTES);
  for await (const _ of pooledMap(SMALL_AT_ONCE, small, (leaf) => tree.get(leaf)));
  for (const leaf of large) await tree.get(leaf);
  return tree;
}

/** What has come so far. */
class Tree implements GottenTree {
  readonly #setting: TreeSetting;
  readonly #options: GetOptions;
  readonly #total: number;
  readonly downloaded: string[] = [];
  readonly present: string[] = [];
  readonly failed: { name: string; code: ErrorCode; reason: string }[] = [];
  bytes = 0;
  #settled = 0;

  constructor(setting: TreeSetting, options: GetOptions, total: number) {
    this.#setting = setting;
    this.#options = options;
    this.#total = total;
  }

  async get({ name, size }: Leaf): Promise<void> {
    const { as: _, onProgress, ...options } = this.#options;
    try {
      const gotten = await this.#setting.get(name, {
        ...options,
        onProgress: (bytes) => onProgress?.(this.#settled + bytes, this.#total),
      });
      this.#take(name, gotten);
    } catch (error) {
      if (!(error instanceof BitTrickleError) || error.code === "interrupted") throw error;
      this.#fail(name, error.code, error.message);
    }
    this.#settled += size;
    onProgress?.(this.#settled, this.#total);
  }

  #take(name: string, gotten: Gotten): void {
    switch (gotten.kind) {
      case "downloaded":
        this.bytes += gotten.size - gotten.kept;
        this.downloaded.push(name);
        break;
      case "present":
        this.present.push(name);
        break;
      case "nothing":
        this.#fail(
          name,
          "not_found",
          `"${escapeText(name)}": nobody who is active has it any more`,
        );
        break;
      case "choices":
        this.#fail(
          name,
          "ambiguous",
          `"${escapeText(name)}" stands for several files: get it alone`,
        );
    }
  }

  #fail(name: string, code: ErrorCode, reason: string): void {
    this.failed.push({ name, code, reason });
  }
}

function leavesOf({ items, details }: List, prefix: string): Leaf[] {
  const leaves = items.map((name, i) => ({ name, size: details?.[i]?.size ?? 0 }));
  return leaves.filter(({ name }) => name.startsWith(prefix));
}
