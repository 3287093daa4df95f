/**
 * Getting files and trees of files for a user who is logged in, and publishing them if that is
 * wanted.
 *
 * @module
 */

import type { TransferLimits } from "../../net/rate_limit.ts";
import { DOWNLOAD_PATIENCE_MS, STALL_MS } from "../../protocol/limits.ts";
import type { Ask, IndexSession, List } from "../session/index_session.ts";
import { listBelow } from "../session/list_below.ts";
import { askPatiently } from "../session/patient_ask.ts";
import type { PublishedFiles } from "../share/published_files.ts";
import type { Publisher } from "../share/publisher.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { FileStream, type Streamed, type StreamOptions } from "./file_stream.ts";
import type { GetOptions, Gotten } from "./get_setting.ts";
import { getTree, type GottenTree, type TreeSetting } from "./get_tree.ts";
import type { Getter } from "./getter.ts";
import type { ByteSink } from "./streamed_download.ts";

/** How files are got. */
export interface FetchOptions extends GetOptions {
  /** Whether to publish what was fetched. @default {false} */
  readonly share?: boolean | undefined;
}

/** What {@linkcode Downloads} work with. */
export interface DownloadsSetting {
  readonly session: IndexSession;
  readonly getter: Getter;
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
    return await this.#getAndShare(wanted, connections, this.#patient(options));
  }

  /** Gets a tree of files, see {@linkcode getTree}. */
  async getTree(folder: string, options: FetchOptions): Promise<GottenTree> {
    using connections = this.#connections(options);
    using _ = this.#setting.files.batch();
    const patient = this.#patient(options);
    return await getTree(folder, this.#treeSetting(connections, patient), patient);
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

  #treeSetting(connections: ConnectionPool, options: FetchOptions): TreeSetting {
    const { session } = this.#setting;
    const page = async (after: string) => await session.ask({ verb: "lpf", after }, 1) as List;
    return {
      search: async (text) => {
        return await askPatiently(() => session.ask({ verb: "sch", text }), options) as List;
      },
      get: (wanted, single) => {
        return this.#getAndShare(wanted, connections, { ...single, share: options.share });
      },
      own: (prefix) => listBelow(prefix, (after) => askPatiently(() => page(after), options)),
    };
  }

  async #getAndShare(
    wanted: string,
    connections: ConnectionPool,
    options: FetchOptions,
  ): Promise<Gotten> {
    const { getter, publisher, files } = this.#setting;
    const gotten = await getter.get(wanted, connections, options);
    // What the user publishes under that name is there again.
    const isPublished = gotten.kind === "downloaded" && (options.share || files.has(gotten.name));
    if (isPublished) await publisher.pub(gotten.name);
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
