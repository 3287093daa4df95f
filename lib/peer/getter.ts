/**
 * Getting a file by its name or id: who has it, which one is meant, and the way to fetch it.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError, interrupted } from "../errors.ts";
import { type Address, formatAddress, isLoopback } from "../protocol/address.ts";
import { NONE } from "../protocol/fields.ts";
import { DOWNLOAD_TRIES } from "../protocol/limits.ts";
import { isIdBeginning } from "../protocol/merkle.ts";
import type { NamedContent, Source } from "../protocol/messages.ts";
import { nameFault } from "../protocol/names.ts";
import type { Connections } from "./connections.ts";
import { download, type DownloadOptions } from "./download.ts";
import type { Ask } from "./index_session.ts";
import { downloadPlain, isTheirs } from "./plain_download.ts";
import { type Content, contentsOf, sealedSources } from "./contents.ts";
import type { PublishedFiles } from "./published_files.ts";
import { assertName } from "./publisher.ts";
import { Target } from "./target.ts";

/** Pause before a failed plain download is tried again, in milliseconds. */
const BETWEEN_TRIES_MS = 500;

/** Times the index is asked for yet other sources of one file. */
const MOST_PAGES = 4;

/** How a file is got. */
export interface GetOptions extends DownloadOptions {
  /** What to call it. @default its own name */
  readonly as?: string | undefined;
}

/** What came of getting a file. */
export type Gotten =
  | {
    readonly kind: "downloaded";
    readonly name: string;
    /** Bytes. */
    readonly size: number;
    /** Who sent it: users, or the address of a source that was asked in clear. */
    readonly from: readonly string[];
    /** How many bytes an earlier try had left. */
    readonly kept: number;
  }
  /** The folder has the very file already. */
  | { readonly kind: "present"; readonly name: string; readonly size: number }
  /** Nobody who is active publishes it. */
  | { readonly kind: "nothing" }
  /** The name stands for several files. */
  | { readonly kind: "choices"; readonly choices: readonly Content[] };

/** What a getter works with. */
export interface GetterSetting {
  readonly ask: Ask;
  readonly folder: string;
  readonly files: PublishedFiles;
  readonly isSealed: boolean;
  readonly allowPlain?: boolean | undefined;
  readonly stallMs?: number | undefined;
}

/** Gets files from other peers into one folder. */
export class Getter {
  readonly #setting: GetterSetting;

  constructor(setting: GetterSetting) {
    this.#setting = setting;
  }

  /**
   * Gets the file called `wanted`, or whose id begins like that.
   *
   * @throws {BitTrickleError} `usage` for a name that no file has, `exists` for a target that is
   * there and another file, else as {@linkcode download}
   */
  async get(wanted: string, connections: Connections, options: GetOptions = {}): Promise<Gotten> {
    const { isSealed } = this.#setting;
    if (!isIdBeginning(wanted)) assertName("download", wanted, isSealed);
    if (!isSealed) return await this.#getPlain(wanted, options);
    const sources = await this.#find(wanted);
    const contents = contentsOf(sources, wanted);
    if (sources.length === 0) return await this.#nothing(wanted, options);
    if (contents.length === 0) return await this.#getPlain(wanted, options);
    if (new Set(contents.map(({ id }) => id)).size > 1) {
      return { kind: "choices", choices: contents };
    }
    return await this.#getAny(contents, sources, connections, options);
  }

  /**
   * Nobody has it, but the folder may.
   *
   * @throws {BitTrickleError} `exists`
   */
  async #nothing(wanted: string, options: GetOptions): Promise<Gotten> {
    const name = options.as ?? wanted;
    if (!nameFault(name)) await new Target(this.#setting.folder, name).assertFree();
    return { kind: "nothing" };
  }

  /** Publishers may lie about the size: then another's word is tried. */
  async #getAny(
    contents: readonly Content[],
    sources: readonly Source[],
    connections: Connections,
    options: GetOptions,
  ): Promise<Gotten> {
    for (const content of contents.slice(0, -1)) {
      try {
        return await this.#getContent(content, sources, connections, options, true);
      } catch (error) {
        if (!(error instanceof BitTrickleError) || !mayBeFalse(error)) throw error;
      }
    }
    return await this.#getContent(contents.at(-1)!, sources, connections, options);
  }

  async #getContent(
    content: Content,
    sources: readonly Source[],
    connections: Connections,
    options: GetOptions,
    isDoubtful = false,
  ): Promise<Gotten> {
    const { folder, files } = this.#setting;
    const target = new Target(folder, options.as ?? content.name);
    const present = { kind: "present", name: target.name, size: content.size } as const;
    if (await this.#hasAlready(target, content, options)) return present;
    const now = performance.now();
    const find = async () => {
      const since = performance.now();
      return sealedSources(await this.#find(content.id), content, since);
    };
    const setting = { target, wanted: content, connections, find, isDoubtful };
    const first = sealedSources(sources, content, now);
    const { users, kept, layer, state } = await download(setting, first, options);
    files.remember(target.name, { id: content.id, layer, state });
    return { kind: "downloaded", name: target.name, size: content.size, from: users, kept };
  }

  /**
   * Whether the folder has the very file.
   *
   * @throws {BitTrickleError} `exists` if it has another of that name that may not be replaced
   */
  async #hasAlready(target: Target, { id, size }: Content, options: GetOptions): Promise<boolean> {
    const there = await target.lstat();
    if (!there) return false;
    const isLikely = there.isFile && there.size === size;
    const { name } = target;
    const identity = isLikely && await this.#setting.files.identify(name, options).catch(() => {});
    if (identity && identity.id === id) return true;
    if (!options.force || !there.isFile) throw target.existsError(there);
    return false;
  }

  /** Every source there is, within reason: one answer names a few of them. */
  async #find(wanted: string): Promise<Source[]> {
    const found = new Map<string, Source>();
    for (let page = 0; page < MOST_PAGES; page++) {
      const reply = await this.#setting.ask({ verb: "get", name: wanted });
      if (reply.kind !== "sources") break;
      const before = found.size;
      for (const source of [...reply.sources, ...await this.#sourcesOf(reply.named)]) {
        const { user, details } = source.file ?? {};
        found.set(`${user} ${details?.id ?? NONE}`, source);
      }
      if (reply.more === 0 || found.size === before) break;
    }
    return [...found.values()];
  }

  /** The sources of contents whose names were told instead. */
  async #sourcesOf(named: readonly NamedContent[] = []): Promise<Source[]> {
    const found: Source[] = [];
    for (const { name, details: { id, size } } of named) {
      const reply = await this.#setting.ask({ verb: "get", name });
      const sources = reply.kind === "sources" ? reply.sources : [];
      found.push(...sources.filter(({ file }) => {
        return file?.details?.id === id && file.details.size === size;
      }));
    }
    return found;
  }

  /** Fetches in clear; when a source fails, the index is asked for one again. */
  async #getPlain(wanted: string, options: GetOptions): Promise<Gotten> {
    assertName("download", wanted, false);
    const target = new Target(this.#setting.folder, options.as ?? wanted);
    if (!options.force) await target.assertFree();
    let failure: BitTrickleError | undefined;
    for (let i = 0; i < DOWNLOAD_TRIES; i++) {
      if (failure) await pause(BETWEEN_TRIES_MS, options.signal);
      const reply = await this.#setting.ask({ verb: "get", name: wanted });
      if (reply.kind !== "sources") break;
      try {
        return await this.#fetchPlain(wanted, reply.sources[0]!, target, options);
      } catch (error) {
        if (!(error instanceof BitTrickleError) || !isTheirs(error)) throw error;
        failure = error;
      }
    }
    if (!failure) return { kind: "nothing" };
    throw new BitTrickleError(failure.code, `Cannot download "${wanted}": ${failure.message}`);
  }

  async #fetchPlain(
    wanted: string,
    { ip, port, file }: Source,
    target: Target,
    options: GetOptions,
  ): Promise<Gotten> {
    const { allowPlain, stallMs } = this.#setting;
    const source = { hostname: ip, port };
    assertMayFetch(source, allowPlain);
    const expected = { stallMs, size: file?.details?.size };
    const size = await downloadPlain(wanted, source, target, { ...expected, ...options });
    return { kind: "downloaded", name: target.name, size, from: [formatAddress(source)], kept: 0 };
  }
}

/** Whether `error` may come from a publisher's lie about the size. */
function mayBeFalse(error: BitTrickleError): boolean {
  return isTheirs(error) || error.code === "unverified" || error.code === "refused";
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(ms, signal ? { signal } : {}).catch(() => {
    throw interrupted();
  });
}

function assertMayFetch(address: Address, allowPlain = false): void {
  if (allowPlain || isLoopback(address.hostname)) return;
  const where = formatAddress(address);
  throw new BitTrickleError(
    "refused",
    `Will not fetch from ${where} in clear, where the network can read the file: add ` +
      "--allow-plain if you trust the network",
  );
}
