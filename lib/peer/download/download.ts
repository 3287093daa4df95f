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
  DOWNLOAD_LANES,
  DOWNLOAD_PATIENCE_MS,
  MAX_PIECES,
  MOST_LANES,
} from "../../protocol/limits.ts";
import { isLayerOf, pieceCount } from "../../protocol/merkle.ts";
import { PartialDownload } from "./partial_download.ts";
import type { SealedSource } from "./connection_pool.ts";
import type { DownloadOptions, DownloadSetting, Fetched, Found } from "./download_setting.ts";
import { Lane, type LaneSetting } from "./lane.ts";
import { Lanes } from "./lanes.ts";
import { failureOf, isDecided, lullOf, type Standing } from "./lull.ts";
import { Patience } from "./patience.ts";
import type { Wanted } from "./piece_file.ts";
import { SourceFinder } from "./source_finder.ts";
import { type LaneOf, SourceList } from "./source_list.ts";

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
  await using fetching = new Fetching(setting, sources, options);
  return await fetching.run();
}

/** One download at work. */
class Fetching implements AsyncDisposable {
  readonly #setting: DownloadSetting;
  readonly #options: DownloadOptions;
  readonly #sources: SourceList;
  readonly #lanes = new Lanes();
  readonly #laneSetting: LaneSetting;
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
    this.#laneSetting = this.#setUpLanes();
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
    await this.#lanes.close();
    await this.#partial?.[Symbol.asyncDispose]();
  }

  readonly #onAbort = (): void => {
    this.#fail(interrupted());
  };

  /** Keeps lanes going until nothing is missing, or the file is replaced. */
  async #untilComplete(): Promise<PartialDownload | undefined> {
    for (;;) {
      const change = this.#change.promise;
      if (this.#fatal) throw this.#fatal;
      if (this.#isReplaced) return undefined;
      if (this.#partial?.picker.left === 0) return this.#partial;
      const now = performance.now();
      this.#openLanes(now);
      this.#passTime(now);
      this.#giveUpIfHopeless(now);
      this.#finder.lookIfDue(this.#isBusy(now), now);
      await withTimeout(change, LOOK_AROUND_MS);
    }
  }

  #openLanes(now: number): void {
    const left = this.#partial?.picker.left ?? MOST_LANES;
    // A source that delivers nothing for a while is raced by sources that are idle for this file.
    const isSlow = now - this.#lastPiece >= RACE_MS;
    while (this.#lanes.size < Math.min(MOST_LANES, isSlow ? 2 * left : left)) {
      const next = this.#sources.next(this.#lanes.size < left ? DOWNLOAD_LANES : 1, now);
      if (!next) return;
      this.#openLane(next);
    }
  }

  #openLane(place: LaneOf): void {
    const lane = new Lane(this.#laneSetting, place);
    const run = lane.run().catch((error) => this.#judge(lane, error)).finally(() => {
      this.#lanes.delete(lane);
      this.#sources.leave(place);
      this.#finder.forget();
      this.#signal();
    });
    this.#lanes.add(lane, run);
  }

  #setUpLanes(): LaneSetting {
    return {
      connections: this.#setting.connections,
      size: this.#setting.wanted.size,
      openingPartial: () => this.#openingPartial,
      begin: (layer) => this.#checkAndBegin(layer),
      signal: this.#stopping.signal,
      isOver: (user) => this.#stopping.signal.aborted || this.#sources.isBad(user),
      onPiece: (user) => this.#takePiece(user),
      onQueued: (user, place) => this.#patience.queue(user, place),
      onBadPiece: (lane, error) => this.#judge(lane, error),
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
    this.#lanes.suspect(this.#sources.renew(found), performance.now());
  }

  /** Decides whether an error of a lane ends the download, drops its source, or is retried. */
  #judge(lane: Lane, error: unknown): void {
    const { user, mayBeStale } = lane;
    if (this.#stopping.signal.aborted || this.#sources.isBad(user)) return;
    if (!(error instanceof BitTrickleError) || isOurs(error)) return this.#fail(error);
    // Sources close connections that nobody uses for a while.
    if (mayBeStale && error.code === "network") return;
    const isBad = error.code === "unverified";
    const isFirst = this.#sources.recordFailure(user, error, isBad, performance.now());
    this.#mayBeReplaced ||= error.code === "changed" || error.code === "not_found";
    if (isBad) this.#lanes.closeTo(user, lane);
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
    this.#lanes.abandonSilent(now);
    this.#lanes.measure(now);
    const isOpening = this.#openingPartial !== undefined && !this.#partial;
    const lull = isOpening ? undefined : lullOf(this.#standing, now);
    if (lull) this.#patience.spend(lull, ms);
    if (!lull || lull === "moving") this.#options.onActivity?.();
  }

  get #standing(): Standing {
    return { lanes: this.#lanes, sources: this.#sources, finder: this.#finder };
  }

  #isBusy(now: number): boolean {
    const isSilent = now - this.#lastPiece >= RACE_MS;
    return this.#lanes.size > 0 &&
      (!isSilent || this.#lanes.isAny("queued") || this.#lanes.isMoving);
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
