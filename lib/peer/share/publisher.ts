/**
 * Publishing: at the index and among the shared files, so that both agree.
 *
 * @module
 */

import type { KeyedMutex } from "../../async/keyed_mutex.ts";
import { forEachPooled } from "../../async/pooled.ts";
import { BitTrickleError } from "../../errors.ts";
import { escapeText } from "../../protocol/escape.ts";
import type { Reply } from "../../protocol/messages.ts";
import { PLAIN_SHARE } from "../../protocol/share.ts";
import { beginningBelow, nameFault, plainNameFault } from "../../protocol/names.ts";
import type { IdentifyOptions } from "./identify.ts";
import type { Ask, List } from "../session/index_session.ts";
import { listTree, ROOT, type Skipped, type Tree } from "./list_tree.ts";
import type { PublishedFiles, PublishOptions } from "./published_files.ts";
import type { SharedFiles } from "./shared_files.ts";

/** Files that are made ready at once: while one is read, another waits for the index. */
const AT_ONCE = 8;

const NO_SHARES =
  "--everywhere needs the sealed protocol: in the plain one a user publishes from one place";

/** What came of publishing a folder. */
export interface PublishedTree {
  readonly published: readonly string[];
  readonly skipped: readonly Skipped[];
}

/** What a publisher works with. */
export interface PublisherSetting {
  readonly ask: Ask;
  readonly sharedFiles: SharedFiles;
  readonly files: PublishedFiles;
  /** What this client serves, which the index knows by this name if the session is sealed. */
  readonly share: string;
  /** Whether the index is told ids, and names may hold spaces and folders. */
  readonly isSealed: boolean;
  /** A name is published and withdrawn in the order in which that was asked for. */
  readonly turns: KeyedMutex<string>;
}

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
    const name = nameFrom(typed);
    assertName("publish", name, isSealed);
    const { details, identity } = await files.details(name, isSealed, options);
    return await this.#setting.turns.run(name, async () => {
      const reply = await this.#setting.ask({ verb: "pub", name, details });
      files.add(name, identity);
      return reply;
    });
  }

  /**
   * Publishes every regular file below the folder `typed`. What cannot be published of it stops
   * nothing else.
   *
   * @throws {BitTrickleError} `refused` in protocol 1, which knows no folders, else as
   * {@linkcode pub}
   */
  async pubTree(typed: string, options: IdentifyOptions = {}): Promise<PublishedTree> {
    const { names, skipped } = await this.#list(typed);
    const published: string[] = [];
    const failed: Skipped[] = [];
    const one = async (name: string, signal: AbortSignal) => {
      const signals = options.signal ? [signal, options.signal] : [signal];
      try {
        await this.pub(name, { ...options, signal: AbortSignal.any(signals) });
        published.push(name);
      } catch (error) {
        if (!isAboutOneFile(error)) throw error;
        failed.push({ name, reason: reasonAlone(error) });
      }
    };
    await forEachPooled(AT_ONCE, names, one).catch((error) => {
      throw afterSome(error, published.length, names.length, "published");
    });
    return { published: published.sort(), skipped: [...skipped, ...failed] };
  }

  /**
   * Withdraws the publication of `typed` from here, or from all shares of the user, and serves it no
   * more.
   *
   * @throws {BitTrickleError} `usage` for what is no name, or in protocol 1, which knows no shares
   */
  async unp(typed: string, isEverywhere = false): Promise<Reply> {
    const name = nameFrom(typed);
    assertName("unpublish", name, this.#setting.isSealed);
    if (isEverywhere && !this.#setting.isSealed) throw new BitTrickleError("usage", NO_SHARES);
    const where = isEverywhere ? { isEverywhere } as const : {};
    return await this.#setting.turns.run(name, async () => {
      const reply = await this.#setting.ask({ verb: "unp", name, ...where });
      this.#setting.files.remove(name);
      return reply;
    });
  }

  /**
   * Withdraws every publication below the folder `typed`, from here or from all shares of the user,
   * and returns their names.
   *
   * @throws {BitTrickleError} as {@linkcode unp}
   */
  async unpTree(typed: string, isEverywhere = false): Promise<string[]> {
    const { items, shares } = await this.#setting.ask({ verb: "lpf" }) as List;
    const isMeant = (i: number) => isEverywhere || isOurs(shares?.[i]?.share, this.#setting.share);
    const here = [...new Set(items.filter((_, i) => isMeant(i)))];
    const below = here.filter((item) => item.startsWith(beginningBelow(nameFrom(typed))));
    let done = 0;
    const one = async (name: string) => {
      await this.unp(name, isEverywhere);
      done++;
    };
    await forEachPooled(AT_ONCE, below, one).catch((error) => {
      throw afterSome(error, done, below.length, "unpublished");
    });
    return below;
  }

  async #list(typed: string): Promise<Tree> {
    const name = nameFrom(typed).replace(/\/+$/, "");
    if (name !== ROOT) assertName("publish", `${name}/file`, this.#setting.isSealed);
    return await listTree(this.#setting.sharedFiles.folder, name).catch((error) => {
      const message = `Cannot publish "${escapeText(typed)}": ${error.message}`;
      throw new BitTrickleError(error.code, message, { cause: error });
    });
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

/** The name that is meant by what was typed, which may begin with the folder where one is. */
export function nameFrom(typed: string): string {
  return typed.normalize("NFC").replace(/^(?:\.\/+)+(?=[^/])/, "");
}

/** Whether what is listed in `share` is served from here, or would be if it were published again. */
export function isOurs(share: string | undefined, own: string): boolean {
  return share === undefined || share === own || share === PLAIN_SHARE;
}

function isAboutOneFile(error: unknown): error is BitTrickleError {
  return error instanceof BitTrickleError && ["usage", "not_found", "disk"].includes(error.code);
}

/** Why a file could not be published, without its name. */
function reasonAlone({ cause, message }: BitTrickleError): string {
  return cause instanceof BitTrickleError ? cause.message : message;
}

/** `error`, and how far things had come by then. */
function afterSome(error: unknown, done: number, all: number, what: string): unknown {
  if (!(error instanceof BitTrickleError)) return error;
  const message = `${error.message} (${done} of ${all} files were ${what} before)`;
  return new BitTrickleError(error.code, message, { cause: error });
}
