/**
 * Publishing: at the index and on the shelf, so that both agree.
 *
 * @module
 */

import { pooledMap } from "@std/async/pool";
import { BitTrickleError } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import type { FileDetails, Reply } from "../protocol/messages.ts";
import { beginningBelow, nameFault, plainNameFault } from "../protocol/names.ts";
import type { IdentifyOptions } from "./identify.ts";
import type { Ask, List } from "./index_session.ts";
import type { PublishedFiles, Skipped } from "./published_files.ts";
import type { Shelf } from "./shelf.ts";

/** Files that are made ready at once: while one is read, another waits for the index. */
const AT_ONCE = 8;

/** What came of the publications of an earlier session. */
export interface Restored {
  /** Names that are served again. */
  readonly served: readonly string[];
  /** Names that were published from here and that the folder does not hold any more. */
  readonly missing: readonly string[];
  /** Names that were published from elsewhere, and are not served here. */
  readonly elsewhere: readonly string[];
  /** How many publications the index could not list. */
  readonly unlisted: number;
}

/** What came of publishing a folder. */
export interface PublishedTree {
  readonly published: readonly string[];
  readonly skipped: readonly Skipped[];
}

/** What a publisher works with. */
export interface PublisherSetting {
  readonly ask: Ask;
  readonly shelf: Shelf;
  readonly files: PublishedFiles;
  /** Whether the index is told ids, and names may hold spaces and folders. */
  readonly isSealed: boolean;
}

/** Publishes files of one folder for one user. */
export class Publisher {
  readonly #setting: PublisherSetting;

  constructor(setting: PublisherSetting) {
    this.#setting = setting;
  }

  /**
   * Publishes the file `name` and serves it from then on.
   *
   * @throws {BitTrickleError} `usage`, `not_found` or `disk` for a file that cannot be shared
   */
  async pub(name: string, options: IdentifyOptions = {}, ask = this.#setting.ask): Promise<Reply> {
    const { files, isSealed } = this.#setting;
    assertName("publish", name, isSealed);
    const { details, identity } = await files.details(name, isSealed, options);
    const reply = await ask({ verb: "pub", name, details });
    files.add(name, identity);
    return reply;
  }

  /**
   * Publishes every regular file below the folder `name`.
   *
   * @throws {BitTrickleError} `refused` in protocol 1, which knows no folders, else as
   * {@linkcode pub}
   */
  async pubTree(name: string, options: IdentifyOptions = {}): Promise<PublishedTree> {
    const folder = name.replace(/\/+$/, "");
    if (folder !== ".") assertName("publish", `${folder}/file`, this.#setting.isSealed);
    const { names, skipped } = await this.#setting.files.below(folder);
    const published: string[] = [];
    const failed: Skipped[] = [];
    const one = async (name: string) => {
      try {
        await this.pub(name, options);
        published.push(name);
      } catch (error) {
        if (!isAboutOneFile(error)) throw error;
        failed.push({ name, reason: error.message });
      }
    };
    for await (const _ of pooledMap(AT_ONCE, names, one));
    return { published: published.sort(), skipped: [...skipped, ...failed] };
  }

  /** Withdraws the publication of `name` and serves it no more. */
  async unp(name: string): Promise<Reply> {
    assertName("unpublish", name, this.#setting.isSealed);
    const reply = await this.#setting.ask({ verb: "unp", name });
    this.#setting.files.remove(name);
    return reply;
  }

  /** Withdraws every publication below the folder `name`, and returns their names. */
  async unpTree(name: string): Promise<string[]> {
    const { items } = await this.#setting.ask({ verb: "lpf" }) as List;
    const below = items.filter((item) => item.startsWith(beginningBelow(name)));
    for await (const _ of pooledMap(AT_ONCE, below, (name) => this.unp(name)));
    return below;
  }

  /**
   * Serves again what was published from this folder in an earlier session, and tells the index
   * where a file has changed since.
   */
  async restore(onChanged: (name: string) => void): Promise<Restored> {
    const { items, details, more } = await this.#setting.ask({ verb: "lpf" }) as List;
    const [served, missing, elsewhere]: string[][] = [[], [], []];
    const one = async ([i, name]: [number, string]) => {
      if (!this.#setting.files.has(name)) return elsewhere!.push(name);
      const isThere = await this.#serveAgain(name, details?.[i], onChanged);
      return (isThere ? served : missing)!.push(name);
    };
    for await (const _ of pooledMap(AT_ONCE, items.entries(), one));
    const all = { served: served!.sort(), missing: missing!.sort(), elsewhere: elsewhere!.sort() };
    return { ...all, unlisted: more };
  }

  /** An index that was started again may have forgotten what was published. */
  async publishAgain(ask: Ask): Promise<void> {
    const { items, more } = await ask({ verb: "lpf" }) as List;
    const published = new Set(items);
    for (const name of this.#setting.shelf.names) {
      if (published.has(name) && more === 0) continue;
      await this.pub(name, {}, ask).catch((error) => {
        if (!isAboutOneFile(error)) throw error;
      });
    }
  }

  async #serveAgain(
    name: string,
    told: FileDetails | undefined,
    onChanged: (name: string) => void,
  ): Promise<boolean> {
    const { shelf, files, isSealed } = this.#setting;
    const state = await shelf.check(name).catch(() => undefined);
    if (!state) return false;
    const identity = isSealed ? files.known(name, state) : undefined;
    shelf.add(name, identity);
    if (isSealed && (!identity || identity.id !== told?.id)) onChanged(name);
    return true;
  }
}

function isAboutOneFile(error: unknown): error is BitTrickleError {
  return error instanceof BitTrickleError && ["usage", "not_found", "disk"].includes(error.code);
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
