/**
 * Getting files and trees of files for a user who is logged in, and publishing them if that is
 * wanted.
 *
 * @module
 */

import type { TransferLimits } from "../../net/rate_limit.ts";
import { escapeText } from "../../protocol/escape.ts";
import { DOWNLOAD_PATIENCE_MS } from "../../protocol/download_limits.ts";
import { STALL_MS } from "../../protocol/limits.ts";
import type { Ask, IndexSession, List } from "../session/index_session.ts";
import { listBelow } from "../session/list_below.ts";
import { askPatiently } from "../session/patient_ask.ts";
import type { PublishedFiles } from "../share/published_files.ts";
import type { Publisher } from "../share/publisher.ts";
import { nameIn } from "../share/typed_name.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { FileStream, type Streamed, type StreamOptions } from "./file_stream.ts";
import type { GetOptions, Gotten } from "./get_setting.ts";
import { getListed, getTree, type GottenTree, type TreeSetting } from "./get_tree.ts";
import type { Getter } from "./getter.ts";
import { type SavePlace, savePlace } from "./save_place.ts";
import { getUntaken } from "./taken_name.ts";
import type { ByteSink } from "./streamed_download.ts";

const NOTHING: List = { kind: "list", of: "files published", items: [], more: 0 };

/** How files are got. */
export interface FetchOptions extends GetOptions {
  /** Whether to publish what was fetched. @default {false} */
  readonly share?: boolean | undefined;
  /**
   * The folder to save in; it is made if it is not there. What is saved outside of the shared one is not
   * published, and what is not complete in it is served to nobody. @default the shared one
   */
  readonly out?: string | undefined;
}

/** Where a request of the user saves files, and by what. */
interface Saving {
  readonly place: SavePlace;
  readonly getter: Getter;
  readonly connections: ConnectionPool;
}

/** What {@linkcode Downloads} work with. */
export interface DownloadsSetting {
  readonly session: IndexSession;
  readonly getter: Getter;
  /** Makes one that saves in another folder. */
  readonly getterFor: (folder: string) => Getter;
  readonly publisher: Publisher;
  readonly files: PublishedFiles;
  /** Tells the certificate of the index's authority, in PEM. */
  readonly authority: () => Promise<string>;
  /** How long a source may send nothing, in milliseconds. @default {10_000} */
  readonly stallMs?: number | undefined;
  /** How long a download goes on while nothing comes, in milliseconds. @default {300_000} */
  readonly patienceMs?: number | undefined;
  readonly limits?: TransferLimits | undefined;
}

/** The downloads of one user. */
export class Downloads {
  readonly #setting: DownloadsSetting;

  constructor(setting: DownloadsSetting) {
    this.#setting = setting;
  }

  /** Gets a file, see {@linkcode Getter.get}. */
  async get(wanted: string, options: FetchOptions): Promise<Gotten> {
    using connections = this.#connections(options);
    const saving = await this.#saving(connections, options);
    return await this.#getAndShare(this.#nameOf(wanted), saving, this.#patient(options));
  }

  /** Gets a tree of files, or those of a list: see {@linkcode getTree} and {@linkcode getListed}. */
  async getTree(wanted: string | List, options: FetchOptions): Promise<GottenTree> {
    using connections = this.#connections(options);
    using _ = this.#setting.files.batch();
    const patient = this.#patient(options);
    const setting = this.#treeSetting(await this.#saving(connections, options), patient);
    if (typeof wanted !== "string") return await getListed(wanted, setting, patient);
    return await getTree(this.#nameOf(wanted), setting, patient);
  }

  /** Passes a file on to `sink`, see {@linkcode FileStream.run}. */
  async stream(wanted: string, sink: ByteSink, options: StreamOptions): Promise<Streamed> {
    using connections = this.#connections(options);
    const { session } = this.#setting;
    const { isSealed } = session;
    const ask: Ask = (request) => session.ask(request);
    const setting = { ask, moves: () => session.moves, isSealed, connections };
    return await new FileStream(setting, wanted, sink, this.#patient(options)).run();
  }

  /** The name that is meant, if it is no content. */
  #nameOf(wanted: string): string {
    return nameIn(this.#setting.files.folder.path, wanted);
  }

  async #saving(
    connections: ConnectionPool,
    { out, share, onNote }: FetchOptions,
  ): Promise<Saving> {
    const { getter, getterFor, files: { folder: { path } } } = this.#setting;
    if (out === undefined) return { place: { folder: path, prefix: "" }, getter, connections };
    const place = await savePlace(out, path);
    if (share && place.prefix === undefined) onNote?.(notPublished(out));
    return { place, getter: getterFor(place.folder), connections };
  }

  #treeSetting(saving: Saving, options: FetchOptions): TreeSetting {
    const { session, files } = this.#setting;
    const { place: { prefix } } = saving;
    const page = async (after: string) => await session.ask({ verb: "lpf", after }, 1) as List;
    return {
      search: async (text) => {
        return await askPatiently(() => session.ask({ verb: "sch", text }), options) as List;
      },
      get: (wanted, single) => {
        return this.#getAndShare(wanted, saving, { ...single, share: options.share });
      },
      isPublishedHere: (name) => prefix !== undefined && files.has(prefix + name),
      own: (prefix) => {
        // What the user publishes need not be anywhere else.
        if (options.out !== undefined) return Promise.resolve(NOTHING);
        return listBelow(prefix, (after) => askPatiently(() => page(after), options));
      },
    };
  }

  async #getAndShare(
    wanted: string,
    { place: { folder, prefix }, getter, connections }: Saving,
    options: FetchOptions,
  ): Promise<Gotten> {
    const { publisher, files } = this.#setting;
    const get = (options: FetchOptions) => getter.get(wanted, connections, options);
    const gotten = await getUntaken(wanted, folder, options, get);
    if (gotten.kind !== "downloaded" || prefix === undefined) return gotten;
    const name = prefix + gotten.name;
    // What the user publishes under that name is there again.
    if (options.share || files.has(name)) await publisher.pub(name);
    return gotten;
  }

  #connections({ signal }: FetchOptions): ConnectionPool {
    const { stallMs = STALL_MS, limits, authority } = this.#setting;
    return new ConnectionPool({ stallMs, authority, signal, limits });
  }

  #patient(options: FetchOptions): FetchOptions {
    const { patienceMs = DOWNLOAD_PATIENCE_MS } = this.#setting;
    return { patienceMs, ...options };
  }
}

function notPublished(out: string): string {
  return `What is saved in "${
    escapeText(out)
  }" is not published: it is outside of the shared folder`;
}
