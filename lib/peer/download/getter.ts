/**
 * Getting a file by its name or id: who has it, which one is meant, and the way to fetch it.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import {
  type ContentKey,
  type ContentQuery,
  ID_DIGITS,
  isSameContent,
  isWhole,
  parseContent,
} from "../../protocol/content.ts";
import { escapeText } from "../../protocol/escape.ts";
import { formatBytes } from "../../protocol/format_bytes.ts";
import { MOST_REPLACED } from "../../protocol/download_limits.ts";
import { nameFault } from "../../protocol/names.ts";
import type { ConnectionPool, SealedSource } from "./connection_pool.ts";
import { type Content, contentsOf, sealedSources } from "./candidates.ts";
import { download } from "./download.ts";
import type { Fetched } from "./download_setting.ts";
import { DownloadReport } from "./download_report.ts";
import { DownloadShare } from "./download_share.ts";
import type { GetOptions, GetterSetting, Gotten } from "./get_setting.ts";
import { askPatiently } from "../session/patient_ask.ts";
import { PartialDownload } from "./partial_download.ts";
import { getPlain } from "./plain_getter.ts";
import type { FileState } from "../share/file_state.ts";
import type { IdentifyOptions } from "../share/identify.ts";
import { assertName } from "../share/publisher.ts";
import { fetchSmall, isSmall } from "./small_file.ts";
import { findAgain, findServed, type FoundSources } from "./source_query.ts";
import { Target } from "./target.ts";

/** Digits of an id by which a person is told of a content. */
const SHOWN_DIGITS = 8;

/** What a file is got for. */
interface GetRequest {
  readonly wanted: string;
  readonly connections: ConnectionPool;
  readonly options: GetOptions;
  /** Whether it is listed as a small file of which nothing is there yet. */
  readonly isFree: boolean;
  /** What the name has stood for until now. */
  readonly replaces?: Content | undefined;
}

/** That the name stands for another content than this one by now. */
interface Replaced {
  readonly replaced: Content;
}

/** Gets files from other peers into one folder. */
export class Getter {
  readonly #setting: GetterSetting;

  constructor(setting: GetterSetting) {
    this.#setting = setting;
  }

  /**
   * Gets the file called `wanted`, or the content that is meant by it, see {@linkcode parseContent}.
   * If the file of that name changes meanwhile, it is the new one.
   *
   * It is saved under the name that was asked for. What was asked for by its content is saved as its
   * publishers call it, which `onNote` hears before, and replaces nothing: the user has not named it.
   *
   * @throws {BitTrickleError} `usage` for a name that no file has, `exists` for a target that is
   * there and another file, `index_gone`, else as {@linkcode download}
   */
  async get(
    wanted: string,
    connections: ConnectionPool,
    options: GetOptions = {},
  ): Promise<Gotten> {
    if (!this.#setting.isSealed) return await getPlain(wanted, this.#setting, options);
    const query = parseContent(wanted);
    if (!query) assertName("download", wanted, true);
    const present = await this.#presentUnasked(query, options);
    if (present && present !== "free") return present;
    const isFree = present === "free";
    let replaces: Content | undefined;
    for (let replaced = 0; replaced <= MOST_REPLACED; replaced++) {
      const gotten = await this.#getSealed({ wanted, connections, options, isFree, replaces });
      if ("kind" in gotten) return gotten;
      replaces = gotten.replaced;
    }
    const what = `"${escapeText(wanted)}" changes faster than it can be fetched`;
    throw new BitTrickleError("changed", what);
  }

  /**
   * What is said without asking the index if it is known which content is wanted; `free` if that is a
   * small file of which nothing is there yet.
   */
  async #presentUnasked(
    query: ContentQuery | undefined,
    options: GetOptions,
  ): Promise<Gotten | "free" | undefined> {
    const { as, listed } = options;
    if (as === undefined) return undefined;
    if (isWhole(query)) return await this.#presentAs(as, query, options);
    if (listed && isSmall(listed.size)) return await this.#smallUnasked(as, listed, options);
    const there = listed && await new Target(this.#setting.folder, as).lstat();
    if (there && await this.#isIt(there, as, listed, options)) return presentOf(as, listed);
  }

  async #smallUnasked(
    name: string,
    { id, size }: ContentKey,
    options: GetOptions,
  ): Promise<Gotten | "free" | undefined> {
    const { folder, files, smallDisk } = this.#setting;
    const looking = smallDisk.do({ kind: "look", folder, name, wanted: { id, size } });
    const there = await looking.catch(() => "other" as const);
    if (there === "free") return there;
    if (there === "other" || there.size !== size) return undefined;
    const known = files.known(name, there)?.id ?? await this.#idOf(name, options);
    if (known === id) return presentOf(name, { id, size });
  }

  async #getSealed(request: GetRequest): Promise<Gotten | Replaced> {
    const { wanted, options, replaces } = request;
    const found = await askPatiently(() => {
      return findServed(this.#setting.ask, wanted, options.signal);
    }, options);
    const contents = contentsOf(found.sources, wanted);
    const [content] = contents;
    if (contents.length > 1 || content && isDoubtful(content, wanted)) {
      return { kind: "choices", choices: contents };
    }
    if (content && replaces) options.onNote?.(replacementNote(wanted, content));
    if (content) return await this.#getContent(content, found, request);
    // A publication of the plain protocol has no id. One that has, and no ticket, is not served yet.
    const isPlain = found.sources.some(({ file }) => !file?.details?.id) && !nameFault(wanted);
    return isPlain
      ? await getPlain(wanted, this.#setting, options)
      : await this.#nothing(wanted, options);
  }

  /**
   * Nobody has it, but the folder may.
   *
   * @throws {BitTrickleError} `exists`
   */
  async #nothing(wanted: string, options: GetOptions): Promise<Gotten> {
    const name = options.as ?? wanted;
    const isFree = options.force || nameFault(name);
    if (!isFree) await new Target(this.#setting.folder, name).assertFree();
    return { kind: "nothing" };
  }

  async #getContent(
    content: Content,
    found: FoundSources,
    request: GetRequest,
  ): Promise<Gotten | Replaced> {
    const { wanted, connections, options, replaces } = request;
    const { ask, folder, hasher, moves } = this.#setting;
    const first = sealedSources(found.sources, content, found.since);
    const small = await this.#getSmall(content, first, request);
    if (small) return small;
    const isNamedByOthers = options.as === undefined && content.isNamedByOthers;
    const report = new DownloadReport(ask, content);
    const name = options.as ?? content.name;
    const force = options.force && !isNamedByOthers;
    const present = await this.#presentAs(name, content, { ...options, force }).catch((error) => {
      throw isNamedByOthers ? unasked(error) : error;
    });
    if (present) {
      report.complete();
      return present;
    }
    if (isNamedByOthers) options.onNote?.(namingNote(content));
    const share = this.#shareOf(content, name);
    const find = async (mayBeReplaced: boolean) => {
      const telling = share?.tell();
      const found = await findAgain(ask, wanted, content, mayBeReplaced);
      await telling;
      return found;
    };
    const target = new Target(folder, name);
    const open = PartialDownload.into(target, content, hasher, { replaces, share });
    const setting = { wanted: content, open, connections, find, moves };
    const onProgress = report.listening(options.onProgress);
    const fetched = await download(setting, first, { ...options, force, onProgress });
    if (fetched === "replaced") return { replaced: content };
    report.complete();
    return this.#downloaded(name, content, fetched);
  }

  /** Gets a small file the short way, if that is open. */
  async #getSmall(
    content: Content,
    sources: readonly SealedSource[],
    { connections, options, isFree, replaces }: GetRequest,
  ): Promise<Gotten | undefined> {
    const { as: name, listed } = options;
    const isListed = listed && isSameContent(listed, content);
    if (!isFree || !isListed || replaces || name === undefined) return undefined;
    const { folder, smallDisk: disk } = this.#setting;
    const setting = { wanted: content, folder, name, connections, disk };
    const fetched = await fetchSmall(setting, sources, options);
    return fetched && this.#downloaded(name, content, fetched);
  }

  #downloaded(
    name: string,
    { id, size }: ContentKey,
    { users, kept, layer, result }: Fetched<FileState>,
  ): Gotten {
    this.#setting.files.remember(name, { id, layer, state: result });
    return { kind: "downloaded", name, size, from: users, kept };
  }

  #shareOf(content: ContentKey, name: string): DownloadShare | undefined {
    const { ask, unfinishedFiles } = this.#setting;
    return unfinishedFiles && new DownloadShare({ ask, unfinishedFiles, content, name });
  }

  /**
   * What is said if the folder has `content` under `name`.
   *
   * @throws {BitTrickleError} `exists` if it has something else of that name that may not be replaced
   */
  async #presentAs(
    name: string,
    content: ContentKey,
    options: GetOptions,
  ): Promise<Gotten | undefined> {
    const target = new Target(this.#setting.folder, name);
    const there = await target.lstat();
    if (!there) return undefined;
    if (await this.#isIt(there, name, content, options)) return presentOf(name, content);
    if (!options.force) throw target.existsError(there);
    target.assertReplaceable(there);
  }

  /** Whether what is `there` under `name` is `content`. */
  async #isIt(
    there: Deno.FileInfo,
    name: string,
    { id, size }: ContentKey,
    options: GetOptions,
  ): Promise<boolean> {
    return there.isFile && there.size === size && await this.#idOf(name, options) === id;
  }

  /** The id of a file of the folder, if it can be read. */
  async #idOf(name: string, options: GetOptions): Promise<string | undefined> {
    try {
      return (await this.#setting.files.identify(name, verifying(options))).id;
    } catch (error) {
      if (!(error instanceof BitTrickleError) || error.code === "interrupted") throw error;
    }
  }
}

/** How a file is read that may be what is wanted. */
function verifying({ signal, onProgress }: GetOptions): IdentifyOptions {
  const onRead = (bytes: number, total: number) => {
    onProgress?.({ phase: "verifying", bytes, total, kept: bytes, sources: 0 });
  };
  return { signal, onProgress: onRead };
}

function presentOf(name: string, { size }: ContentKey): Gotten {
  return { kind: "present", name, size };
}

/** Whether a whole id was asked for, and a file is only called so. */
export function isDoubtful({ id }: Content, wanted: string): boolean {
  const query: ContentQuery | undefined = parseContent(wanted);
  return query?.id.length === ID_DIGITS && query.id !== id;
}

/** How a file is called that was asked for without a name. */
function namingNote({ name, users }: Content): string {
  return escapeText(`Saving as "${name}", as it is called by ${users.join(", ")}`);
}

/** A name that others chose is no reason to replace anything. */
function unasked(error: unknown): unknown {
  if (!(error instanceof BitTrickleError) || error.code !== "exists") return error;
  const { cause } = error;
  const message = `${error.message}: choose another name with --as`;
  return new BitTrickleError(error.code, message, { cause });
}

function replacementNote(wanted: string, { size, id }: Content): string {
  const which = `${formatBytes(size)}, id ${id.slice(0, SHOWN_DIGITS)}`;
  return `"${escapeText(wanted)}" was changed meanwhile: fetching it as it is now (${which})`;
}
