/**
 * Getting a tree: every file that others publish below a folder.
 *
 * @module
 */

import { AwakeTimer } from "../../async/awake.ts";
import { forEachPooled } from "../../async/pooled.ts";
import { BitTrickleError, type ErrorCode } from "../../errors.ts";
import { type ContentKey, formatContent, hasId } from "../../protocol/content.ts";
import { escapeText } from "../../protocol/escape.ts";
import { DOWNLOAD_PATIENCE_MS, TREE_TURN_MS } from "../../protocol/download_limits.ts";
import { PIECE_BYTES, SEARCH_BYTES } from "../../protocol/limits.ts";
import { beginningBelow } from "../../protocol/names.ts";
import { beginningOf } from "../../protocol/utf8.ts";
import type { GetOptions, Gotten } from "./get_setting.ts";
import type { List } from "../session/index_session.ts";
import { isDiskFull, NoRoom } from "./target.ts";
import { TreeProgress } from "./tree_progress.ts";

/** Small files that are on their way at once: enough that none waits for the answer to another. */
const SMALL_AT_ONCE = 32;

/** Files that may wait aside for sources that bring nothing: each holds a part file open. */
const MOST_ASIDE = 64;

/** A file of a tree that was not fetched. */
export interface FailedFile {
  readonly name: string;
  readonly code: ErrorCode;
  readonly reason: string;
}

/** Why there is nothing to get. */
const GONE = "nobody who is active has it any more";
/** Why what its user has changed is not replaced by what it was, whatever else is. */
const CHANGED = "you publish it, and changed it: get it alone to replace it";
const LOST =
  "what you published is not in the folder any more, and nobody else who is active has it";

/** What came of getting a tree; names are sorted. */
export interface GottenTree {
  /** Names that were fetched. */
  readonly downloaded: readonly string[];
  /** Names whose very files the folder had already. */
  readonly present: readonly string[];
  /** Names that something in the folder has, which was left alone. */
  readonly skipped: readonly string[];
  readonly failed: readonly FailedFile[];
  /** Names that it did not come to, because something stopped the whole. */
  readonly left: readonly string[];
  /** What stopped the whole, if something did. */
  readonly stopped: BitTrickleError | undefined;
  /** Whether a file did not fit on the disk. */
  readonly lacksRoom: boolean;
  /** Bytes that were fetched. */
  readonly bytes: number;
}

/** What it takes. */
export interface TreeSetting {
  readonly search: (text: string) => Promise<List>;
  /** Gets a file by its name or content. */
  readonly get: (wanted: string, options: GetOptions) => Promise<Gotten>;
  /** What the user publishes below a prefix, which no search finds. */
  readonly own: (prefix: string) => Promise<List>;
  /** Whether a file is published from this folder. @default none is */
  readonly isPublishedHere?: ((name: string) => boolean) | undefined;
  /** How long one file may hold up the others, in milliseconds. @default {TREE_TURN_MS} */
  readonly turnMs?: number | undefined;
}

/** A file of the tree. */
interface Leaf {
  readonly name: string;
  /** What to ask for: the name, or the content if the user publishes it. */
  readonly wanted: string;
  readonly isOwn: boolean;
  /** Bytes, if the index knows. */
  readonly size: number;
  /** What the index says that it is, if it knows. */
  readonly listed: ContentKey | undefined;
}

/**
 * Gets every file whose name begins with `folder`, small ones many at a time, large ones one after
 * the other. What fails does not stop the rest, and whose sources bring nothing waits beside them.
 * What the user publishes is looked at like any other, and got from others if it is not there any
 * more. What is published from this folder is never replaced. An interruption, an index that is gone
 * and a full disk stop the whole.
 *
 * @throws {BitTrickleError} `interrupted`, `index_gone`, or of the index, if nothing was begun
 */
export async function getTree(
  folder: string,
  setting: TreeSetting,
  options: GetOptions = {},
): Promise<GottenTree> {
  const prefix = beginningBelow(folder);
  // A beginning finds all that is below it. What is found beyond the prefix is left out below.
  const text = beginningOf(prefix, SEARCH_BYTES / 2);
  const found = leavesOf(await setting.search(text), prefix, false);
  const own = leavesOf(await setting.own(prefix), prefix, true);
  const tree = new Tree(setting, options, [...found, ...own]);
  await tree.getAll();
  return tree;
}

/**
 * Gets every file of `list`, which others publish, in the same way.
 *
 * @throws {BitTrickleError} as {@linkcode getTree}
 */
export async function getListed(
  list: List,
  setting: Omit<TreeSetting, "search" | "own">,
  options: GetOptions = {},
): Promise<GottenTree> {
  const tree = new Tree(setting, options, leavesOf(list, "", false));
  await tree.getAll();
  return tree;
}

/** What has come so far. */
class Tree implements GottenTree {
  readonly #setting: Omit<TreeSetting, "search" | "own">;
  readonly #options: GetOptions;
  readonly #progress: TreeProgress;
  readonly #open: Map<string, Leaf>;
  readonly downloaded: string[] = [];
  readonly present: string[] = [];
  readonly skipped: string[] = [];
  readonly failed: FailedFile[] = [];
  stopped: BitTrickleError | undefined;
  lacksRoom = false;
  bytes = 0;
  readonly #stopping = new AbortController();
  /** Of all files: to make one for each costs more than to fetch a small one. */
  readonly #signal: AbortSignal;
  readonly #aside = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(
    setting: Omit<TreeSetting, "search" | "own">,
    options: GetOptions,
    leaves: readonly Leaf[],
  ) {
    this.#setting = setting;
    this.#options = options;
    const { signal } = this.#stopping;
    this.#signal = options.signal ? AbortSignal.any([options.signal, signal]) : signal;
    this.#progress = new TreeProgress(leaves);
    this.#open = new Map(leaves.map((leaf) => [leaf.name, leaf]));
  }

  get left(): string[] {
    return [...this.#open.keys()];
  }

  async getAll(): Promise<void> {
    const leaves = [...this.#open.values()];
    const small = leaves.filter(({ size }) => size <= PIECE_BYTES);
    const large = leaves.filter(({ size }) => size > PIECE_BYTES);
    const take = (leaf: Leaf) => this.#takeTurn(leaf);
    try {
      await forEachPooled(SMALL_AT_ONCE, small, take);
      await forEachPooled(1, large, take);
    } catch (error) {
      this.#stop(error);
    }
    await Promise.all(this.#aside);
    // Which of them was there first tells nobody anything.
    for (const names of [this.downloaded, this.present, this.skipped]) names.sort();
    if (this.#failure && !this.stopped) throw this.#failure.error;
  }

  /** Gets a file, or lets it wait beside the others when nothing has come of it for a while. */
  async #takeTurn(leaf: Leaf): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const turnOver = Promise.withResolvers<void>();
    const turnMs = this.#setting.turnMs ?? TREE_TURN_MS;
    using turn = new AwakeTimer(turnMs, () => turnOver.resolve());
    const onActivity = () => turn.restart(turnMs);
    const getting = this.#get(leaf, onActivity);
    await Promise.race([getting, turnOver.promise]);
    if (this.#aside.size >= MOST_ASIDE) return await getting;
    const waiting = getting.catch((error) => this.#stop(error)).finally(() => {
      this.#aside.delete(waiting);
    });
    this.#aside.add(waiting);
  }

  /** @throws what stops the whole */
  async #get(leaf: Leaf, onActivity: () => void): Promise<void> {
    const { onProgress, ...options } = this.#options;
    const { name, wanted, listed } = leaf;
    const isKept = options.force && this.#setting.isPublishedHere?.(name);
    const { patienceMs = DOWNLOAD_PATIENCE_MS } = options;
    let bytes: number | undefined;
    let gotten: Gotten | undefined;
    try {
      gotten = await this.#setting.get(wanted, {
        ...options,
        as: name,
        force: options.force && !isKept,
        listed,
        sourcePatienceMs: Math.min(patienceMs, DOWNLOAD_PATIENCE_MS),
        signal: this.#signal,
        onActivity,
        onProgress: (state) => {
          if (state.bytes !== bytes) onActivity();
          bytes = state.bytes;
          onProgress?.(this.#progress.take(name, state));
        },
      });
      this.#take(leaf, gotten);
    } catch (error) {
      if (!(error instanceof BitTrickleError) || stopsAll(error)) throw error;
      this.lacksRoom ||= error.cause instanceof NoRoom;
      const isChanged = isKept && error.code === "exists";
      this.#fail(name, error.code, isChanged ? `${error.message}; ${CHANGED}` : error.message);
    }
    this.#open.delete(name);
    const kept = keptOf(gotten);
    const progress = this.#progress;
    onProgress?.(kept === undefined ? progress.fail(leaf) : progress.settle(leaf, kept));
  }

  /** Takes in the first that stops the whole, and ends what is under way. */
  #stop(error: unknown): void {
    this.#failure ??= { error };
    if (this.#failure.error instanceof BitTrickleError) this.stopped = this.#failure.error;
    this.#stopping.abort();
  }

  #take({ name, isOwn }: Leaf, gotten: Gotten): void {
    const quoted = `"${escapeText(name)}"`;
    switch (gotten.kind) {
      case "downloaded":
        this.bytes += gotten.size - gotten.kept;
        this.downloaded.push(gotten.name);
        break;
      case "present":
        this.present.push(gotten.name);
        break;
      case "skipped":
        this.skipped.push(name);
        break;
      case "nothing":
        this.#fail(name, "not_found", `${quoted}: ${isOwn ? LOST : GONE}`);
        break;
      case "choices":
        this.#fail(name, "ambiguous", `${quoted} stands for several files: get it alone`);
    }
  }

  #fail(name: string, code: ErrorCode, reason: string): void {
    this.failed.push({ name, code, reason });
  }
}

/** How many bytes of what was got were there before; nothing if it was not got. */
function keptOf(gotten: Gotten | undefined): number | undefined {
  if (gotten?.kind === "downloaded") return gotten.kept;
  return gotten?.kind === "present" ? gotten.size : undefined;
}

/** Whether there is no point in trying the other files. */
function stopsAll(error: BitTrickleError): boolean {
  return error.code === "interrupted" || error.code === "index_gone" || isDiskFull(error);
}

function leavesOf({ items, details }: List, prefix: string, isOwn: boolean): Leaf[] {
  return items.flatMap((name, i) => {
    if (!name.startsWith(prefix)) return [];
    const known = details?.[i];
    const listed = hasId(known) ? known : undefined;
    const wanted = isOwn && listed ? formatContent(listed) : name;
    return [{ name, wanted, isOwn, size: known?.size ?? 0, listed }];
  });
}
