/**
 * Publishing: at the index and among the shared files, so that both agree.
 *
 * @module
 */

import { forEachPooled } from "../../async/pooled.ts";
import { BitTrickleError, interrupted } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import { Glob } from "../../protocol/glob.ts";
import type { PublishedFile, Reply } from "../../protocol/messages.ts";
import { beginningBelow, nameFault, plainNameFault } from "../../protocol/names.ts";
import { PLAIN_SHARE } from "../../protocol/share.ts";
import type { List } from "../session/index_session.ts";
import { announceOne } from "./announce.ts";
import type { SharePatterns } from "./ignore_rules.ts";
import type { Skipped, Tree } from "./list_tree.ts";
import type { PublishOptions } from "./published_files.ts";
import type { PublisherSetting } from "./publisher_setting.ts";
import { type TreeOptions, TreePublishing } from "./tree_publishing.ts";
import { nameIn, ROOT } from "./typed_name.ts";

// With it comes what reads the rules of folders.
const loadListing = () => import("./list_tree.ts");

/** Names that are withdrawn at once. */
const AT_ONCE = 8;

const NO_SHARES =
  "--everywhere needs the sealed protocol: in the plain one a user publishes from one place";

/** How a folder is withdrawn. */
export interface UnpublishTreeOptions {
  /** Whether from all shares of the user. @default {false} */
  readonly isEverywhere?: boolean | undefined;
  /** Whether they are those that a pattern stands for, see {@linkcode Glob}. @default {false} */
  readonly isPattern?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What came of publishing a folder. */
export interface PublishedTree {
  readonly published: readonly string[];
  readonly skipped: readonly Skipped[];
  /** How many files, and folders with all that is in them, were left out by rules. */
  readonly ignored: number;
}

/** How a folder is published. */
export interface PublishTreeOptions extends TreeOptions, SharePatterns {}

/** Publishes files of one folder for one user. */
export class Publisher {
  readonly #setting: PublisherSetting;

  constructor(setting: PublisherSetting) {
    this.#setting = setting;
  }

  /**
   * Publishes the file `typed` and serves it from then on.
   *
   * @throws {BitTrickleError} `usage`, `not_found` or `disk` for a file that cannot be shared
   */
  async pub(typed: string, options: PublishOptions = {}): Promise<Reply> {
    const { files, isSealed } = this.#setting;
    const name = this.#nameOf(typed);
    assertName("publish", name, isSealed);
    const details = await files.details(name, isSealed, options);
    return await this.#setting.turns.run(name, () => this.#publish({ name, details }));
  }

  /**
   * Publishes every regular file below the folder `typed`, or that the pattern `typed` stands for. What
   * cannot be published of it stops nothing else.
   *
   * @throws {BitTrickleError} `refused` in protocol 1, which knows no folders, else as
   * {@linkcode pub}
   */
  async pubTree(typed: string, options: PublishTreeOptions = {}): Promise<PublishedTree> {
    const { names, skipped, ignored } = options.isPattern
      ? await this.#listMatching(typed, options)
      : await this.#list(typed, options);
    const { published, skipped: failed } = await this.pubAll(names, options);
    return { published, skipped: [...skipped, ...failed], ignored };
  }

  /**
   * Publishes the files `names`, which are sorted. What cannot be published of them stops nothing else.
   *
   * @throws {BitTrickleError} as {@linkcode pub}, but for what is about one file
   */
  async pubAll(
    names: readonly string[],
    options: TreeOptions = {},
  ): Promise<Omit<PublishedTree, "ignored">> {
    const publishing = new TreePublishing(
      this.#setting,
      (name, options) => this.pub(name, options),
    );
    const failed = await publishing.run(names, options).catch((error) => {
      throw afterSome(error, publishing.published.length, names.length, "published");
    });
    return { published: publishing.published.sort(), skipped: failed };
  }

  /**
   * Withdraws the publication of `typed` from here, or from all shares of the user, and serves it no
   * more.
   *
   * @throws {BitTrickleError} `usage` for what is no name, or in protocol 1, which knows no shares
   */
  async unp(typed: string, isEverywhere = false): Promise<Reply> {
    const name = this.#withdrawnNameOf(typed);
    assertName("unpublish", name, this.#setting.isSealed);
    if (isEverywhere && !this.#setting.isSealed) throw new BitTrickleError("usage", NO_SHARES);
    return await this.#setting.turns.run(name, () => this.#withdraw(name, isEverywhere));
  }

  /**
   * Withdraws every publication below the folder `typed`, or that the pattern `typed` stands for, from
   * here or from all shares of the user, and returns their names. What is published from here and the
   * index does not know would be published again, so that is withdrawn as well.
   *
   * @throws {BitTrickleError} as {@linkcode unp}, or `interrupted` by the signal; the message tells how
   * many were withdrawn before
   */
  async unpTree(
    typed: string,
    { isEverywhere = false, isPattern = false, signal }: UnpublishTreeOptions = {},
  ): Promise<string[]> {
    const name = this.#withdrawnNameOf(typed);
    const listed = await this.#setting.ask({ verb: "lpf" }) as List;
    const glob = new Glob(name);
    const beginning = beginningBelow(name);
    const isMeant = (item: string) => isPattern ? glob.matches(item) : item.startsWith(beginning);
    const below = this.#namesThat(isMeant, listed, isEverywhere);
    let done = 0;
    const one = async (name: string) => {
      if (signal?.aborted) throw interrupted();
      await this.unp(name, isEverywhere);
      done++;
    };
    await forEachPooled(AT_ONCE, below, one).catch((error) => {
      throw afterSome(error, done, below.length, "unpublished");
    });
    return below;
  }

  /** Those that are meant, of what is published from here and what the index lists. */
  #namesThat(
    isMeant: (name: string) => boolean,
    { items, shares }: List,
    isEverywhere: boolean,
  ): string[] {
    const { files, share } = this.#setting;
    const isListed = (i: number) => isEverywhere || isOurs(shares?.[i]?.share, share);
    const names = new Set(items.filter((item, i) => isMeant(item) && isListed(i)));
    for (const page of files.pages()) {
      for (const { name } of page) if (isMeant(name)) names.add(name);
    }
    return [...names].sort();
  }

  /** Whoever hears of it can be served at once; what the index refuses is as it was before. */
  async #publish(file: PublishedFile): Promise<Reply> {
    const { files } = this.#setting;
    const { name } = file;
    const before = files.get(name);
    files.put({ ...file, isTold: false });
    try {
      return await announceOne(this.#setting, file);
    } catch (error) {
      if (before) files.put(before);
      else files.remove(name);
      throw error;
    }
  }

  /** It is not served from this moment on, unless the index does not answer. */
  async #withdraw(name: string, isEverywhere: boolean): Promise<Reply> {
    const { files, ask } = this.#setting;
    const before = files.get(name);
    files.remove(name);
    try {
      return await ask({ verb: "unp", name, ...isEverywhere ? { isEverywhere } : {} });
    } catch (error) {
      if (before) files.put(before);
      throw error;
    }
  }

  #nameOf(typed: string): string {
    return nameIn(this.#setting.files.folder.path, typed);
  }

  /** An empty variable in a script must not withdraw everything. */
  #withdrawnNameOf(typed: string): string {
    const name = this.#nameOf(typed);
    if (name !== ROOT) return name;
    const reason = 'is the whole folder: "**" withdraws all that is published from it';
    throw new BitTrickleError("usage", `"${escapeText(typed)}" ${reason}`);
  }

  async #list(typed: string, patterns: SharePatterns): Promise<Tree> {
    const name = this.#nameOf(typed).replace(/\/+$/, "");
    if (name !== ROOT) assertName("publish", `${name}/file`, this.#setting.isSealed);
    return await this.#listBelow(name, patterns).catch((error) => {
      const message = `Cannot publish "${escapeText(typed)}": ${error.message}`;
      throw new BitTrickleError(error.code, message, { cause: error });
    });
  }

  async #listBelow(name: string, patterns: SharePatterns): Promise<Tree> {
    const { path, own } = this.#setting.files.folder;
    const { listTree } = await loadListing();
    return await listTree(path, name, { ...patterns, own });
  }

  /** Folders that cannot be looked into are named if something in them might be meant. */
  async #listMatching(typed: string, patterns: SharePatterns): Promise<Tree> {
    const glob = new Glob(this.#nameOf(typed));
    const tree = await this.#listBelow(ROOT, patterns);
    const isMeant = ({ name }: Skipped) => {
      return name.endsWith("/") ? glob.reachesBelow(name.slice(0, -1)) : glob.matches(name);
    };
    const [names, skipped] = [tree.names.filter((it) => glob.matches(it)), tree.skipped];
    return { names, skipped: skipped.filter(isMeant), ignored: tree.ignored };
  }
}

/**
 * Makes sure that `name` can travel.
 *
 * @throws {BitTrickleError} `usage`
 */
export function assertName(action: string, name: string, isSealed: boolean): void {
  const fault = isSealed ? nameFault(name) : plainNameFault(name);
  if (!fault) return;
  throw new BitTrickleError("usage", `Cannot ${action} "${escapeText(name)}": ${fault}`);
}

/** Whether what is listed in `share` is served from here, or would be if it were published again. */
export function isOurs(share: string | undefined, own: string): boolean {
  return share === undefined || share === own || share === PLAIN_SHARE;
}

/** `error`, and how far things had come by then. */
function afterSome(error: unknown, done: number, all: number, what: string): unknown {
  if (!(error instanceof BitTrickleError)) return error;
  const message = `${error.message} (${done} of ${all} files were ${what} before)`;
  return new BitTrickleError(error.code, message, { cause: error });
}
