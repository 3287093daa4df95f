/**
 * Fetching one file from all who have it: piece by piece, each verified before it counts.
 *
 * @module
 */

import { BitTrickleError, interrupted } from "../errors.ts";
import { within } from "../net/within.ts";
import { escapeText } from "../protocol/escape.ts";
import {
  DOWNLOAD_LANES,
  DOWNLOAD_PATIENCE_MS,
  HIGHEST_PIECE,
  MOST_LANES,
} from "../protocol/limits.ts";
import { isLayerOf, pieceCount } from "../protocol/merkle.ts";
import { Assembly } from "./assembly.ts";
import type { Connections, SealedSource } from "./connections.ts";
import type { FileState } from "./file_state.ts";
import type { Wanted } from "./piece_file.ts";
import type { SourceConnection } from "./source_connection.ts";
import { Scout } from "./scout.ts";
import { type LaneOf, SourceList } from "./source_list.ts";
import type { Target } from "./target.ts";

/** How often to look around when nothing happens, in milliseconds. */
const LOOK_AROUND_MS = 250;

/** How long nothing may come before another source is asked for the same, in milliseconds. */
const RACE_MS = 1_000;

/** How a download goes. */
export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears how many bytes of the file there are, of how many, where that is known. */
  readonly onProgress?: ((bytes: number, total: number | undefined) => void) | undefined;
  /** Hears what a person may want to know, safe to show. */
  readonly onNote?: ((note: string) => void) | undefined;
  /** Whether a file that has the target's name is replaced. @default {false} */
  readonly force?: boolean | undefined;
  /** How long to go on without any source, in milliseconds. @default {15_000} */
  readonly patienceMs?: number | undefined;
}

/** What it takes to fetch a file. */
export interface DownloadSetting {
  readonly target: Target;
  readonly wanted: Wanted;
  readonly connections: Connections;
  /** Whether the file may be another publisher's lie: then silence is no reason to wait for it. */
  readonly isDoubtful?: boolean | undefined;
  /** Asks the index who has the file now. */
  readonly find: () => Promise<readonly SealedSource[]>;
}

/** A file that has been fetched. */
export interface Fetched {
  /** The hashes of its pieces. */
  readonly layer: Uint8Array;
  /** Who sent pieces of it. */
  readonly users: readonly string[];
  /** How many bytes of it were there already. */
  readonly kept: number;
  /** What the file is like. */
  readonly state: FileState;
}

/**
 * Fetches the file and puts it in its place. What came stays in the part file when this fails.
 *
 * @throws {BitTrickleError} `unverified` if sources sent something else, `network`, `timeout`,
 * `not_found` or `refused` if none is left, `exists`, `disk` or `interrupted`
 */
export async function download(
  setting: DownloadSetting,
  sources: readonly SealedSource[],
  options: DownloadOptions = {},
): Promise<Fetched> {
  await using fetching = new Fetching(setting, sources, options);
  return await fetching.run();
}

/** A connection that a lane uses. */
interface Line {
  readonly user: string;
  connection?: SourceConnection;
  /** Set until it has brought something, if it was open before: it may have been closed since. */
  mayBeStale: boolean;
}

/** One download at work. */
class Fetching implements AsyncDisposable {
  readonly #setting: DownloadSetting;
  readonly #options: DownloadOptions;
  readonly #sources: SourceList;
  readonly #lanes = new Map<Promise<void>, Line>();
  readonly #stopping = new AbortController();
  readonly #senders = new Set<string>();
  readonly #scout: Scout;
  #assembling: Promise<Assembly> | undefined;
  #change = Promise.withResolvers<void>();
  #fatal: unknown;

  constructor(
    setting: DownloadSetting,
    sources: readonly SealedSource[],
    options: DownloadOptions,
  ) {
    this.#setting = setting;
    this.#options = options;
    const now = performance.now();
    this.#sources = new SourceList(sources, now);
    this.#scout = new Scout(setting.find, (found) => this.#sources.renew(found), now);
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (options.signal?.aborted) this.#onAbort();
  }

  async run(): Promise<Fetched> {
    const { size, id } = this.#setting.wanted;
    const layer = hashesOf(this.#setting.wanted);
    if (isLayerOf(layer, size, id)) this.#begin(layer);
    const assembly = await this.#untilComplete();
    const state = await assembly.finish(this.#options.force ?? false);
    const { kept } = assembly;
    return { state, layer: assembly.layer, users: [...this.#senders], kept };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#stopping.abort();
    // A race that was lost, or all of a download that failed.
    this.#closeLinesTo(() => true);
    const assembly = await this.#assembling?.catch(() => undefined);
    await Promise.all(this.#lanes.keys());
    await assembly?.[Symbol.asyncDispose]();
  }

  readonly #onAbort = (): void => {
    this.#fail(interrupted());
  };

  /** Keeps lanes going until nothing is missing. */
  async #untilComplete(): Promise<Assembly> {
    for (;;) {
      const change = this.#change.promise;
      if (this.#fatal) throw this.#fatal;
      const assembly = await Promise.race([this.#assembling, change.then(() => undefined)]);
      if (assembly?.plan.left === 0) return assembly;
      this.#openLanes(assembly);
      if (this.#lanes.size === 0 || this.#setting.isDoubtful) this.#giveUpIfHopeless(assembly);
      this.#scout.lookIfDue(this.#lanes.size > 0, performance.now(), () => this.#signal());
      await within(change, LOOK_AROUND_MS);
    }
  }

  #openLanes(assembly: Assembly | undefined): void {
    const left = assembly?.plan.left ?? MOST_LANES;
    const now = performance.now();
    // Whoever brings nothing for a while is raced by sources that are not busy with this file.
    const isSlow = this.#sources.quietMs(now) >= RACE_MS;
    while (this.#lanes.size < Math.min(MOST_LANES, isSlow ? 2 * left : left) && !this.#fatal) {
      const next = this.#sources.next(this.#lanes.size < left ? DOWNLOAD_LANES : 1, now);
      if (!next) return;
      const line = { user: next.source.user, mayBeStale: false };
      const lane = this.#runLane(next, line).finally(() => {
        this.#lanes.delete(lane);
        this.#sources.leave(next);
        this.#scout.forget();
        this.#signal();
      });
      this.#lanes.set(lane, line);
    }
  }

  /** Never rejects. */
  async #runLane({ source, lane }: LaneOf, line: Line): Promise<void> {
    try {
      const { connection, isUsed } = await this.#setting.connections.lane(source, lane);
      line.connection = connection;
      line.mayBeStale = isUsed;
      const assembly = await this.#assemblyWith(connection, source);
      await this.#fetchPieces(assembly, source, line);
    } catch (error) {
      this.#judge(source, error, line);
    }
  }

  /** Whoever is asked first brings the hashes, without which no piece can be told from another. */
  async #assemblyWith(connection: SourceConnection, source: SealedSource): Promise<Assembly> {
    if (!this.#assembling) {
      const { size, id } = this.#setting.wanted;
      if (pieceCount(size) > HIGHEST_PIECE) throw unverified("no file is as large as it says");
      const layer = await connection.layer(size, source.pass.ticket);
      if (!isLayerOf(layer, size, id)) throw unverified("its hashes are not those of the file");
      this.#begin(layer);
    }
    return await this.#assembling!;
  }

  #begin(layer: Uint8Array): void {
    const { target, wanted } = this.#setting;
    const { onProgress } = this.#options;
    const { signal } = this.#stopping;
    this.#assembling ??= Assembly.open(target, wanted, layer, { signal, onProgress });
    this.#assembling.then(() => this.#signal(), (error) => this.#fail(error));
  }

  async #fetchPieces(assembly: Assembly, source: SealedSource, line: Line): Promise<void> {
    while (!this.#stopping.signal.aborted && !this.#sources.isBad(source.user)) {
      const piece = assembly.plan.take(source.user);
      if (piece === undefined) return;
      try {
        await this.#fetchPiece(assembly, line.connection!, source, piece);
        line.mayBeStale = false;
      } finally {
        assembly.plan.release(piece, source.user);
      }
    }
  }

  /** One piece is asked for at a time, so that a crash costs no more than one on each connection. */
  async #fetchPiece(
    assembly: Assembly,
    connection: SourceConnection,
    { user, pass }: SealedSource,
    piece: number,
  ): Promise<void> {
    const content = await connection.piece(piece, assembly.lengthOf(piece), pass.ticket);
    if (this.#stopping.signal.aborted || !await assembly.add(piece, content)) return;
    this.#senders.add(user);
    this.#sources.praise(performance.now());
    if (assembly.plan.left === 0) this.#signal();
  }

  /** Decides what an error of a lane means. */
  #judge({ user }: SealedSource, error: unknown, { connection, mayBeStale }: Line): void {
    if (this.#stopping.signal.aborted || this.#sources.isBad(user)) return;
    if (!(error instanceof BitTrickleError) || isOurs(error)) return this.#fail(error);
    // Sources close connections that nobody uses for a while.
    if (mayBeStale && error.code === "network") return;
    const hasStalled = error.code === "timeout" && connection !== undefined;
    const isBad = error.code === "unverified" || hasStalled;
    this.#sources.blame(user, error, isBad, performance.now());
    if (!isBad) return;
    this.#closeLinesTo((it) => it === user);
    this.#options.onNote?.(escapeText(`Going on without ${user}: ${error.message}`));
  }

  #closeLinesTo(isMeant: (user: string) => boolean): void {
    for (const { user, connection } of this.#lanes.values()) if (isMeant(user)) connection?.close();
  }

  #giveUpIfHopeless(assembly: Assembly | undefined): void {
    if (!this.#setting.isDoubtful && !this.#scout.isUpToDate) return;
    const patience = this.#options.patienceMs ?? DOWNLOAD_PATIENCE_MS;
    const failure = this.#sources.despair(performance.now(), patience);
    if (!failure) return;
    const hint = assembly && assembly.bytes > 0 ? "; what came is kept, so try again later" : "";
    throw new BitTrickleError(failure.code, `${failure.message}${hint}`);
  }

  #fail(error: unknown): void {
    this.#fatal ??= error;
    this.#signal();
  }

  #signal(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}

/** The layer of a file of at most one piece: its id, or nothing if it is empty. */
function hashesOf({ size, id }: Wanted): Uint8Array {
  return size === 0 ? new Uint8Array() : Uint8Array.fromHex(id);
}

/** Whether `error` is no fault of a source. */
function isOurs({ code }: BitTrickleError): boolean {
  return code === "disk" || code === "exists" || code === "interrupted" || code === "usage";
}

function unverified(reason: string): BitTrickleError {
  return new BitTrickleError("unverified", reason);
}
