/**
 * Fetching one file from all who have it: piece by piece, each verified before it counts.
 *
 * @module
 */

import { AwakeStopwatch } from "../../async/awake.ts";
import { BitTrickleError, interrupted } from "../../errors.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { escapeText } from "../../protocol/escape.ts";
import {
  DOWNLOAD_CONNECTIONS,
  DOWNLOAD_PATIENCE_MS,
  MAX_PIECES,
  MOST_DOWNLOAD_CONNECTIONS,
} from "../../protocol/limits.ts";
import { isLayerOf, pieceCount } from "../../protocol/merkle.ts";
import { PartialDownload } from "./partial_download.ts";
import type { SealedSource } from "./connection_pool.ts";
import type { DownloadOptions, DownloadSetting, Fetched, Found } from "./download_setting.ts";
import { type FetcherSetting, PieceFetcher } from "./piece_fetcher.ts";
import { PieceFetchers } from "./piece_fetchers.ts";
import { failureOf, isDecided, lullOf, type Standing } from "./lull.ts";
import { Patience } from "./patience.ts";
import type { Wanted } from "./piece_file.ts";
import { SourceFinder } from "./source_finder.ts";
import { SourceList, type SourceSlot } from "./source_list.ts";

/** How often to look around when nothing happens, in milliseconds. */
const LOOK_AROUND_MS = 250;

/** Longest time between two looks while this program runs, in milliseconds. */
const MOST_BETWEEN_LOOKS_MS = 2_000;

/** How long nothing may come before another source is asked for the same, in milliseconds. */
const RACE_MS = 1_000;

/**
 * Fetches the file and puts it in its place. What came stays in the part file when this fails, or
 * when the file's name has come to stand for another one (`replaced`), which then begins with it.
 *
 * @throws {BitTrickleError} `unverified` if sources sent something else, `network`, `timeout`,
 * `index_gone`, `not_found`, `changed` or `refused` if none brings it, `exists`, `disk` or
 * `interrupted`
 */
export async function download(
  setting: DownloadSetting,
  sources: readonly SealedSource[],
  options: DownloadOptions = {},
): Promise<Fetched | "replaced"> {
  await using running = new Download(setting, sources, options);
  return await running.run();
}

/** One download at work. */
class Download implements AsyncDisposable {
  readonly #setting: DownloadSetting;
  readonly #options: DownloadOptions;
  readonly #sources: SourceList;
  readonly #fetchers = new PieceFetchers();
  readonly #fetcherSetting: FetcherSetting;
  readonly #stopping = new AbortController();
  readonly #senders = new Set<string>();
  readonly #finder: SourceFinder<Found>;
  readonly #patience: Patience;
  readonly #watch = new AwakeStopwatch(MOST_BETWEEN_LOOKS_MS);
  #openingPartial: Promise<PartialDownload> | undefined;
  #partial: PartialDownload | undefined;
  #change = Promise.withResolvers<void>();
  #lastPiece = performance.now();
  #mayBeReplaced = false;
  #isReplaced = false;
  #fatal: unknown;

  constructor(
    setting: DownloadSetting,
    sources: readonly SealedSource[],
    options: DownloadOptions,
  ) {
    this.#setting = setting;
    this.#options = options;
    const { patienceMs = DOWNLOAD_PATIENCE_MS, sourcePatienceMs } = options;
    this.#patience = new Patience({ patienceMs, sourcePatienceMs });
    this.#sources = new SourceList(sources);
    this.#fetcherSetting = this.#setUpFetchers();
    this.#finder = new SourceFinder({
      find: () => setting.find(this.#mayBeReplaced),
      onFound: (found, wasSilent) => this.#takeFound(found, wasSilent),
      onDone: () => this.#signal(),
    }, performance.now());
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (options.signal?.aborted) this.#onAbort();
  }

  async run(): Promise<Fetched | "replaced"> {
    const { size, id } = this.#setting.wanted;
    const layer = hashesOf(this.#setting.wanted);
    if (isLayerOf(layer, size, id)) this.#begin(layer);
    // An empty file needs no source.
    if (size === 0) await this.#openingPartial;
    const partial = await this.#untilComplete();
    if (!partial) return "replaced";
    const state = await partial.finish(this.#options.force ?? false);
    const { kept } = partial;
    return { state, layer: partial.layer, users: [...this.#senders], kept };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#stopping.abort();
    await this.#openingPartial?.catch(() => {});
    // A race that was lost, or all of a download that failed.
    await this.#fetchers.close();
    await this.#partial?.[Symbol.asyncDispose]();
  }

  readonly #onAbort = (): void => {
    this.#fail(interrupted());
  };

  /** Keeps fetchers at work until nothing is missing, or the file is replaced. */
  async #untilComplete(): Promise<PartialDownload | undefined> {
    for (;;) {
      const change = this.#change.promise;
      if (this.#fatal) throw this.#fatal;
      if (this.#isReplaced) return undefined;
      if (this.#partial?.picker.left === 0) return this.#partial;
      const now = performance.now();
      this.#startFetchers(now);
      this.#passTime(now);
      this.#giveUpIfHopeless(now);
      this.#finder.lookIfDue(this.#isBusy(now), now);
      await withTimeout(change, LOOK_AROUND_MS);
    }
  }

  #startFetchers(now: number): void {
    const left = this.#partial?.picker.left ?? MOST_DOWNLOAD_CONNECTIONS;
    // A source that delivers nothing for a while is raced by sources that are idle for this file.
    const isSlow = now - this.#lastPiece >= RACE_MS;
    while (this.#fetchers.size < Math.min(MOST_DOWNLOAD_CONNECTIONS, isSlow ? 2 * left : left)) {
      const slot = this.#sources.take(this.#fetchers.size < left ? DOWNLOAD_CONNECTIONS : 1, now);
      if (!slot) return;
      this.#startFetcher(slot);
    }
  }

  #startFetcher(slot: SourceSlot): void {
    const fetcher = new PieceFetcher(this.#fetcherSetting, slot);
    const run = fetcher.run().catch((error) => this.#judge(fetcher, error)).finally(() => {
      this.#fetchers.delete(fetcher);
      this.#sources.release(slot);
      this.#finder.forget();
      this.#signal();
    });
    this.#fetchers.add(fetcher, run);
  }

  #setUpFetchers(): FetcherSetting {
    return {
      connections: this.#setting.connections,
      size: this.#setting.wanted.size,
      openingPartial: () => this.#openingPartial,
      begin: (layer) => this.#checkAndBegin(layer),
      signal: this.#stopping.signal,
      isOver: (user) => this.#stopping.signal.aborted || this.#sources.isBad(user),
      onPiece: (user) => this.#takePiece(user),
      onQueued: (user, place) => this.#patience.queue(user, place),
      onBadPiece: (fetcher, error) => this.#judge(fetcher, error),
      onChanged: (user) => this.#takeChange(user),
    };
  }

  #checkAndBegin(layer: Uint8Array): void {
    const { size, id } = this.#setting.wanted;
    if (pieceCount(size) > MAX_PIECES) throw unverified("no file is as large as it says");
    if (!isLayerOf(layer, size, id)) throw unverified("its hashes are not those of the file");
    this.#begin(layer);
  }

  #begin(layer: Uint8Array): void {
    if (this.#openingPartial) return;
    const { target, wanted, replaces } = this.#setting;
    const { onProgress } = this.#options;
    const options = { signal: this.#stopping.signal, onProgress, replaces };
    this.#openingPartial = PartialDownload.open(target, wanted, layer, options);
    this.#openingPartial.then((partial) => {
      this.#partial = partial;
      this.#signal();
    }, (error) => this.#fail(error));
  }

  #takePiece(user: string): void {
    this.#senders.add(user);
    this.#sources.recordProgress(user);
    this.#patience.renew();
    this.#lastPiece = performance.now();
    if (this.#partial?.picker.left === 0) this.#signal();
  }

  /** The source has not noticed yet that its file changed: its bad piece was no attack. */
  #takeChange(user: string): void {
    this.#mayBeReplaced = true;
    this.#sources.expectChange(user);
  }

  #takeFound(found: Found, wasSilent: boolean): void {
    if (found === "replaced") {
      this.#isReplaced = true;
      return;
    }
    if (wasSilent) this.#sources.forgetNames();
    this.#fetchers.suspect(this.#sources.renew(found), performance.now());
  }

  /** Decides whether an error of a fetcher ends the download, drops its source, or is retried. */
  #judge(fetcher: PieceFetcher, error: unknown): void {
    const { user, mayBeStale } = fetcher;
    if (this.#stopping.signal.aborted || this.#sources.isBad(user)) return;
    if (!(error instanceof BitTrickleError) || isOurs(error)) return this.#fail(error);
    // Sources close connections that nobody uses for a while.
    if (mayBeStale && error.code === "network") return;
    const isBad = error.code === "unverified";
    const isFirst = this.#sources.recordFailure(user, error, isBad, performance.now());
    this.#mayBeReplaced ||= error.code === "changed" || error.code === "not_found";
    if (isBad) this.#fetchers.closeTo(user, fetcher);
    if (isBad) this.#note(`Going on without ${user}: ${error.message}`);
    else if (isFirst && error.code === "timeout") {
      this.#note(`Waiting for ${user}: ${error.message}`);
    }
  }

  /** A sleep of this machine is no fault of a source: all timers restart. */
  #passTime(now: number): void {
    const { ms, hasSlept } = this.#watch.lap();
    if (hasSlept) {
      this.#sources.forgetNames();
      this.#finder.forget();
    }
    this.#fetchers.abandonSilent(now);
    this.#fetchers.measure(now);
    const isOpening = this.#openingPartial !== undefined && !this.#partial;
    const lull = isOpening ? undefined : lullOf(this.#standing, now);
    if (lull) this.#patience.spend(lull, ms);
    if (!lull || lull === "moving") this.#options.onActivity?.();
  }

  get #standing(): Standing {
    return { fetchers: this.#fetchers, sources: this.#sources, finder: this.#finder };
  }

  #isBusy(now: number): boolean {
    const isSilent = now - this.#lastPiece >= RACE_MS;
    return this.#fetchers.size > 0 &&
      (!isSilent || this.#fetchers.isAny("queued") || this.#fetchers.isMoving);
  }

  #giveUpIfHopeless(now: number): void {
    const isHopeless = isDecided(this.#standing);
    if (!isHopeless && !this.#patience.isOver) return;
    const { code, message } = failureOf(this.#standing, isHopeless, now);
    const hasSome = (this.#partial?.bytes ?? 0) > 0;
    const hint = hasSome ? "; what came is kept, so try again later" : "";
    throw new BitTrickleError(code, `${message}${hint}`);
  }

  #note(text: string): void {
    this.#options.onNote?.(escapeText(text));
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
