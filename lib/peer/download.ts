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
  FIND_SOURCES_MS,
  HIGHEST_PIECE,
  LOST_SOURCE_MS,
  MOST_LANES,
} from "../protocol/limits.ts";
import { isLayerOf, isPieceOf, pieceBytes, pieceCount } from "../protocol/merkle.ts";
import type { Connections, SealedSource } from "./connections.ts";
import type { FileState } from "./file_state.ts";
import { PieceFile, type Wanted } from "./piece_file.ts";
import { PiecePlan } from "./piece_plan.ts";
import type { SourceConnection } from "./source_connection.ts";
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

/** What is there once the layer is: the part file, and what it lacks. */
interface Work {
  readonly layer: Uint8Array;
  readonly part: PieceFile;
  readonly plan: PiecePlan;
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
  #working: Promise<Work> | undefined;
  #part: PieceFile | undefined;
  #change = Promise.withResolvers<void>();
  #isLooking = false;
  #lookedAt: number;
  #isNews = false;
  #fatal: unknown;
  #bytes = 0;
  #kept = 0;

  constructor(
    setting: DownloadSetting,
    sources: readonly SealedSource[],
    options: DownloadOptions,
  ) {
    this.#setting = setting;
    this.#options = options;
    this.#lookedAt = performance.now();
    this.#sources = new SourceList(sources, this.#lookedAt);
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (options.signal?.aborted) this.#onAbort();
  }

  async run(): Promise<Fetched> {
    const { size, id } = this.#setting.wanted;
    const layer = hashesOf(this.#setting.wanted);
    if (isLayerOf(layer, size, id)) this.#begin(layer);
    const work = await this.#untilComplete();
    const state = await work.part.finish(this.#options.force ?? false);
    return { state, layer: work.layer, users: [...this.#senders], kept: this.#kept };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#stopping.abort();
    // A race that was lost, or all of a download that failed.
    this.#closeLinesTo(() => true);
    await Promise.all([this.#working?.catch(() => {}), ...this.#lanes.keys()]);
    this.#part?.[Symbol.dispose]();
    await this.#part?.removeIfEmpty();
  }

  readonly #onAbort = (): void => {
    this.#fail(interrupted());
  };

  /** Keeps lanes going until nothing is missing. */
  async #untilComplete(): Promise<Work> {
    for (;;) {
      const change = this.#change.promise;
      if (this.#fatal) throw this.#fatal;
      const work = await Promise.race([this.#working, change.then(() => undefined)]);
      if (work?.plan.left === 0) return work;
      this.#openLanes(work);
      if (this.#lanes.size === 0 || this.#setting.isDoubtful) this.#giveUpIfHopeless();
      this.#lookIfDue();
      await within(change, LOOK_AROUND_MS);
    }
  }

  #openLanes(work: Work | undefined): void {
    const left = work?.plan.left ?? MOST_LANES;
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
        this.#isNews = false;
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
      const work = await this.#workWith(connection, source);
      await this.#fetchPieces(work, source, line);
    } catch (error) {
      this.#judge(source, error, line);
    }
  }

  async #workWith(connection: SourceConnection, source: SealedSource): Promise<Work> {
    if (!this.#working) {
      const { size, id } = this.#setting.wanted;
      if (pieceCount(size) > HIGHEST_PIECE) throw unverified("no file is as large as it says");
      const layer = await connection.layer(size, source.pass.ticket);
      if (!isLayerOf(layer, size, id)) throw unverified("its hashes are not those of the file");
      this.#begin(layer);
    }
    return await this.#working!;
  }

  #begin(layer: Uint8Array): void {
    this.#working ??= this.#open(layer);
    this.#working.then(() => this.#signal(), (error) => this.#fail(error));
  }

  async #open(layer: Uint8Array): Promise<Work> {
    const { target, wanted } = this.#setting;
    const { signal } = this.#stopping;
    const onChecked = (bytes: number) => this.#options.onProgress?.(bytes, wanted.size);
    const part = this.#part = await PieceFile.open(target, wanted, layer, { signal, onChecked });
    this.#kept = part.had.reduce((sum, had, i) => sum + (had ? pieceBytes(wanted.size, i) : 0), 0);
    this.#bytes = this.#kept;
    await part.assertRoom(wanted.size - this.#kept);
    return { layer, part, plan: new PiecePlan(part.had) };
  }

  async #fetchPieces(work: Work, source: SealedSource, line: Line): Promise<void> {
    while (!this.#stopping.signal.aborted && !this.#sources.isBad(source.user)) {
      const piece = work.plan.take(source.user);
      if (piece === undefined) return;
      try {
        await this.#fetchPiece(work, line.connection!, source, piece);
        line.mayBeStale = false;
      } finally {
        work.plan.release(piece, source.user);
      }
    }
  }

  /** One piece is asked for at a time, so that a crash costs no more than one on each connection. */
  async #fetchPiece(
    { layer, part, plan }: Work,
    connection: SourceConnection,
    { user, pass }: SealedSource,
    piece: number,
  ): Promise<void> {
    const { size } = this.#setting.wanted;
    const length = pieceBytes(size, piece);
    const content = await connection.piece(piece, length, pass.ticket);
    if (!isPieceOf(layer, size, piece, content)) throw unverified("a piece is not the file's");
    if (this.#stopping.signal.aborted || part.had[piece]) return;
    await part.write(piece, content);
    if (!plan.finish(piece)) return;
    this.#bytes += length;
    this.#senders.add(user);
    this.#sources.praise(performance.now());
    this.#options.onProgress?.(this.#bytes, size);
    if (plan.left === 0) this.#signal();
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

  #lookIfDue(): void {
    const due = this.#lookedAt + (this.#lanes.size > 0 ? FIND_SOURCES_MS : LOST_SOURCE_MS);
    const isNeeded = this.#lanes.size === 0 && !this.#isNews;
    if (this.#isLooking || (performance.now() < due && !isNeeded)) return;
    this.#isLooking = true;
    this.#look().finally(() => {
      this.#isLooking = false;
      this.#isNews = true;
      this.#lookedAt = performance.now();
      this.#signal();
    });
  }

  /** Never rejects: an index that is gone for a while does not stop what is under way. */
  async #look(): Promise<void> {
    const found = await this.#setting.find().catch(() => []);
    this.#sources.renew(found);
  }

  #giveUpIfHopeless(): void {
    if (!this.#setting.isDoubtful && (!this.#isNews || this.#isLooking)) return;
    const patience = this.#options.patienceMs ?? DOWNLOAD_PATIENCE_MS;
    const failure = this.#sources.despair(performance.now(), patience);
    if (!failure) return;
    const hint = this.#bytes > 0 ? "; what came is kept, so try again later" : "";
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
