/**
 * Getting a file by its name or id: who has it, which one is meant, and the way to fetch it.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import { escapeText } from "../protocol/escape.ts";
import { formatBytes } from "../protocol/format_bytes.ts";
import { NONE } from "../protocol/fields.ts";
import { MOST_REPLACED } from "../protocol/limits.ts";
import { isIdBeginning } from "../protocol/merkle.ts";
import type { NamedContent, Source } from "../protocol/messages.ts";
import { nameFault } from "../protocol/names.ts";
import type { Connections } from "./connections.ts";
import { type Content, contentsOf, sealedSources } from "./contents.ts";
import { download } from "./download.ts";
import type { Found } from "./download_setting.ts";
import type { GetOptions, GetterSetting, Gotten } from "./get_setting.ts";
import { askPatiently } from "./patient_ask.ts";
import { isTheirs } from "./plain_download.ts";
import { getPlain } from "./plain_getter.ts";
import { assertName } from "./publisher.ts";
import { Target } from "./target.ts";

/** Times the index is asked for yet other sources of one file. */
const MOST_PAGES = 4;

/** Digits of an id by which a person is told of a content. */
const SHOWN_DIGITS = 8;

/** What the index said, and when it was asked, in milliseconds of a steady clock. */
interface Asked {
  readonly sources: readonly Source[];
  readonly since: number;
}

/** What a file is got for. */
interface GetRequest {
  readonly wanted: string;
  readonly asked: Asked;
  readonly connections: Connections;
  readonly options: GetOptions;
}

/** Gets files from other peers into one folder. */
export class Getter {
  readonly #setting: GetterSetting;

  constructor(setting: GetterSetting) {
    this.#setting = setting;
  }

  /**
   * Gets the file called `wanted`, or whose id begins like that. If the file of that name changes
   * meanwhile, it is the new one.
   *
   * @throws {BitTrickleError} `usage` for a name that no file has, `exists` for a target that is
   * there and another file, `index_gone`, else as {@linkcode download}
   */
  async get(wanted: string, connections: Connections, options: GetOptions = {}): Promise<Gotten> {
    const { isSealed } = this.#setting;
    if (!isIdBeginning(wanted)) assertName("download", wanted, isSealed);
    if (!isSealed) return await getPlain(wanted, this.#setting, options);
    for (let replaced = 0; replaced <= MOST_REPLACED; replaced++) {
      const gotten = await this.#getSealed(wanted, connections, options, replaced > 0);
      if (gotten !== "replaced") return gotten;
    }
    const what = `"${escapeText(wanted)}" changes faster than it can be fetched`;
    throw new BitTrickleError("changed", what);
  }

  async #getSealed(
    wanted: string,
    connections: Connections,
    options: GetOptions,
    isReplacement: boolean,
  ): Promise<Gotten | "replaced"> {
    const asked = await askPatiently(() => this.#ask(wanted), options);
    const contents = contentsOf(asked.sources, wanted);
    if (asked.sources.length === 0) return await this.#nothing(wanted, options);
    if (contents.length === 0) return await getPlain(wanted, this.#setting, options);
    if (new Set(contents.map(({ id }) => id)).size > 1) {
      return { kind: "choices", choices: contents };
    }
    if (isReplacement) options.onNote?.(replacementNote(wanted, contents[0]!));
    const request = { wanted, asked, connections, options };
    return await this.#getAny(contents, request);
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
  async #getAny(contents: readonly Content[], request: GetRequest): Promise<Gotten | "replaced"> {
    for (const content of contents.slice(0, -1)) {
      try {
        return await this.#getContent(content, request);
      } catch (error) {
        if (!(error instanceof BitTrickleError) || !mayBeFalse(error)) throw error;
      }
    }
    return await this.#getContent(contents.at(-1)!, request);
  }

  async #getContent(content: Content, request: GetRequest): Promise<Gotten | "replaced"> {
    const { folder, files } = this.#setting;
    const { wanted, asked, connections, options } = request;
    const target = new Target(folder, options.as ?? content.name);
    const present = { kind: "present", name: target.name, size: content.size } as const;
    if (await this.#hasAlready(target, content, options)) return present;
    const find = (mayBeReplaced: boolean) => this.#findAgain(wanted, content, mayBeReplaced);
    const setting = { target, wanted: content, connections, find };
    const first = sealedSources(asked.sources, content, asked.since);
    const fetched = await download(setting, first, options);
    if (fetched === "replaced") return "replaced";
    const { users, kept, layer, state } = fetched;
    files.remember(target.name, { id: content.id, layer, state });
    return { kind: "downloaded", name: target.name, size: content.size, from: users, kept };
  }

  /** Who has `content` now. If nobody has any more, its name may stand for another. */
  async #findAgain(wanted: string, content: Content, mayBeReplaced: boolean): Promise<Found> {
    const { sources, since } = await this.#ask(content.id);
    const found = sealedSources(sources, content, since);
    if (found.length > 0 || !mayBeReplaced || isIdBeginning(wanted)) return found;
    const named = contentsOf((await this.#ask(wanted)).sources, wanted);
    return named.length > 0 && !named.some((other) => isSame(other, content)) ? "replaced" : found;
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
  async #ask(wanted: string): Promise<Asked> {
    const since = performance.now();
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
    return { sources: [...found.values()], since };
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
}

/** Whether `error` may come from a publisher's lie about the size. */
function mayBeFalse(error: BitTrickleError): boolean {
  return isTheirs(error) || ["unverified", "refused", "changed"].includes(error.code);
}

function isSame(a: Content, b: Content): boolean {
  return a.id === b.id && a.size === b.size;
}

function replacementNote(wanted: string, { size, id }: Content): string {
  const which = `${formatBytes(size)}, id ${id.slice(0, SHOWN_DIGITS)}`;
  return `"${escapeText(wanted)}" was changed meanwhile: fetching it as it is now (${which})`;
}
