/**
 * Fetching one file from all who have it: piece by piece, each verified before it counts.
 *
 * @module
 */

import { AwakeStopwatch } from "../../async/awake.ts";
import { interrupted } from "../../errors.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { giveWay, nextSlot } from "./next_slot.ts";
import { DOWNLOAD_PATIENCE_MS, MOST_DOWNLOAD_CONNECTIONS } from "../../protocol/download_limits.ts";
import { pieceCount } from "../../protocol/merkle.ts";
import { LEAST_SWARM_PIECES } from "../../protocol/swarm_limits.ts";
import type { SealedSource } from "./connection_pool.ts";
import { DownloadProgress } from "./download_progress.ts";
import type {
  DownloadOptions,
  DownloadSetting,
  Fetched,
  Found,
  PieceReceiver,
} from "./download_setting.ts";
import { ErrorPolicy } from "./error_policy.ts";
import { PartialOpener } from "./partial_opener.ts";
import { type FetcherSetting, PieceFetcher } from "./piece_fetcher.ts";
import { PieceFetchers } from "./piece_fetchers.ts";
import { assertHopeful, lullOf, type Standing } from "./lull.ts";
import { Patience } from "./patience.ts";
import { SourceFinder } from "./source_finder.ts";
import { SourceList, type SourceSlot } from "./source_list.ts";
import { Swarm } from "./swarm.ts";

/** How often to look around when nothing happens, in milliseconds. */
const LOOK_AROUND_MS = 250;

/** Longest time between two looks while this program runs, in milliseconds. */
const MOST_BETWEEN_LOOKS_MS = 2_000;

/** How long nothing may come before another source is asked for the same, in milliseconds. */
const RACE_MS = 1_000;

/**
 * Fetches the file into its receiver. A part file keeps what came when this fails, or when the file's
 * name has come to stand for another one (`replaced`), which then begins with it.
 *
 * @throws {BitTrickleError} `unverified` if sources sent something else, `network`, `timeout`,
 * `index_gone`, `not_found`, `changed` or `refused` if none brings it, `exists`, `disk` or
 * `interrupted`
 */
export async function download<T>(
  setting: DownloadSetting<T>,
  sources: readonly SealedSource[],
  options: DownloadOptions = {},
): Promise<Fetched<T> | "replaced"> {
  await using running = new Download(setting, sources, options);
  return await running.run();
}

/** One download at work. */
class Download<T> implements AsyncDisposable {
  readonly #setting: DownloadSetting<T>;
  readonly #options: DownloadOptions;
  readonly #sources: SourceList;
  readonly #fetchers = new PieceFetchers();
  readonly #swarm: Swarm;
  readonly #progress: DownloadProgress;
  readonly #fetcherSetting: FetcherSetting;
  readonly #errors: ErrorPolicy;
  readonly #opener: PartialOpener<T>;
  readonly #stopping = new AbortController();
  readonly #senders = new Set<string>();
  readonly #finder: SourceFinder<Found>;
  readonly #patience: Patience;
  readonly #watch = new AwakeStopwatch(MOST_BETWEEN_LOOKS_MS);
  #change = Promise.withResolvers<void>();
  #lastPiece = performance.now();
  #isReplaced = false;
  #moves: number | undefined;
  #fatal: unknown;

  constructor(
    setting: DownloadSetting<T>,
    sources: readonly SealedSource[],
    options: DownloadOptions,
  ) {
    this.#setting = setting;
    this.#options = options;
    const { size } = setting.wanted;
    const senders = () => this.#fetchers.senders;
    this.#progress = new DownloadProgress(size, performance.now(), options.onProgress, senders);
    this.#moves = setting.moves?.();
    const { patienceMs = DOWNLOAD_PATIENCE_MS, sourcePatienceMs } = options;
    this.#patience = new Patience({ patienceMs, sourcePatienceMs });
    this.#sources = new SourceList(sources);
    this.#errors = new ErrorPolicy({
      sources: this.#sources,
      fetchers: this.#fetchers,
      onFatal: (error) => this.#fail(error),
      onNote: options.onNote,
    });
    this.#swarm = new Swarm(size);
    this.#opener = this.#setUpOpener();
    this.#fetcherSetting = this.#setUpFetchers();
    this.#finder = new SourceFinder({
      isShared: pieceCount(setting.wanted.size) >= LEAST_SWARM_PIECES,
      find: () => setting.find(this.#errors.mayBeReplaced),
      onFound: (found, wasSilent) => this.#takeFound(found, wasSilent),
      onDone: () => this.#signal(),
    }, performance.now());
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (options.signal?.aborted) this.#onAbort();
  }

  async run(): Promise<Fetched<T> | "replaced"> {
    this.#opener.beginIfSmall();
    // An empty file needs no source.
    if (this.#setting.wanted.size === 0) await this.#opener.opening;
    const partial = await this.#untilComplete();
    if (!partial) return "replaced";
    this.#progress.finish();
    const result = await partial.finish(this.#options.force ?? false);
    const { kept } = partial;
    return { result, layer: partial.layer, users: [...this.#senders], kept };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#stopping.abort();
    await this.#opener.opening?.catch(() => {});
    // A race that was lost, or all of a download that failed.
    await this.#fetchers.close();
    await this.#partial?.[Symbol.asyncDispose]();
  }

  readonly #onAbort = (): void => {
    this.#fail(interrupted());
  };

  /** Keeps fetchers at work until nothing is missing, or the file is replaced. */
  async #untilComplete(): Promise<PieceReceiver<T> | undefined> {
    for (;;) {
      const change = this.#change.promise;
      if (this.#fatal) throw this.#fatal;
      if (this.#isReplaced) return undefined;
      if (this.#partial?.picker.left === 0) return this.#partial;
      const now = performance.now();
      this.#startFetchers(now);
      this.#swarm.plan(now);
      this.#passTime(now);
      const bytes = this.#partial?.bytes ?? 0;
      assertHopeful(this.#standing, { isPatient: !this.#patience.isOver, bytes }, now);
      this.#finder.lookIfDue(this.#isBusy(now), now);
      await withTimeout(change, LOOK_AROUND_MS);
    }
  }

  #startFetchers(now: number): void {
    const wanted = this.#partial?.picker.wanted ?? MOST_DOWNLOAD_CONNECTIONS;
    const isSlow = now - this.#lastPiece >= RACE_MS;
    const { isOn } = this.#swarm;
    const standing = { fetchers: this.#fetchers, sources: this.#sources, wanted, isSlow, isOn };
    giveWay(standing, now);
    for (let slot = nextSlot(standing, now); slot; slot = nextSlot(standing, now)) {
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

  #setUpOpener(): PartialOpener<T> {
    const { wanted, open } = this.#setting;
    return new PartialOpener({
      wanted,
      open,
      signal: this.#stopping.signal,
      onProgress: (bytes, total) => this.#progress.take(bytes, total, performance.now()),
      onOpen: () => {
        this.#progress.open();
        this.#signal();
      },
      onRoom: () => this.#goOn(),
      onFailure: (error) => this.#fail(error),
    });
  }

  #setUpFetchers(): FetcherSetting {
    return {
      connections: this.#setting.connections,
      size: this.#setting.wanted.size,
      opener: this.#opener,
      swarm: this.#swarm,
      signal: this.#stopping.signal,
      latest: (slot) => this.#sources.latest(slot),
      isOver: (id) => this.#stopping.signal.aborted || this.#sources.isBad(id),
      onPiece: (fetcher) => this.#takePiece(fetcher),
      onQueued: (id, place) => this.#takePlace(id, place),
      onBadPiece: (fetcher, error) => this.#judge(fetcher, error),
      onChanged: (id) => this.#errors.expectChange(id),
    };
  }

  #takePlace(id: string, place: number): void {
    this.#patience.queue(id, place);
    this.#progress.queued(id, place);
  }

  #takePiece({ id, user }: PieceFetcher): void {
    this.#senders.add(user);
    this.#sources.recordProgress(id);
    this.#patience.renew();
    this.#lastPiece = performance.now();
    this.#swarm.take(this.#lastPiece);
    if (this.#partial?.picker.left === 0) this.#signal();
  }

  /** Nobody is late with what was not wanted until now. */
  #goOn(): void {
    if (this.#fetchers.size === 0) this.#lastPiece = performance.now();
    this.#signal();
  }

  #takeFound(found: Found, wasSilent: boolean): void {
    if (found === "replaced") {
      this.#isReplaced = true;
      return;
    }
    if (wasSilent) this.#sources.forgetNames();
    this.#fetchers.suspect(performance.now(), this.#sources.renew(found));
  }

  #judge(fetcher: PieceFetcher, error: unknown): void {
    if (!this.#stopping.signal.aborted) this.#errors.judge(fetcher, error);
  }

  /** A sleep of this machine is no fault of a source: all timers restart. */
  #passTime(now: number): void {
    const { ms, hasSlept } = this.#watch.lap();
    if (hasSlept) {
      this.#sources.forgetNames();
      this.#finder.forget();
    }
    this.#takeMoves(now);
    this.#fetchers.abandonSilent(now);
    this.#fetchers.measure(now);
    if (this.#fetchers.isMoving) this.#progress.arriving(this.#fetchers.arriving, now);
    const lull = this.#isBusyWithPieces ? undefined : lullOf(this.#standing, now);
    this.#progress.look({ lull, queued: this.#fetchers.whoAre("queued") }, now);
    if (lull) this.#patience.spend(lull, ms);
    if (!lull || lull === "moving") this.#options.onActivity?.();
  }

  /** Whether this machine has to do its part first: to open a file, or to pass on what came. */
  get #isBusyWithPieces(): boolean {
    return this.#partial ? this.#partial.picker.wanted === 0 : this.#opener.opening !== undefined;
  }

  /** Connections do not come along when the address of this machine changes. */
  #takeMoves(now: number): void {
    const moves = this.#setting.moves?.();
    if (moves !== this.#moves) this.#fetchers.suspect(now);
    this.#moves = moves;
  }

  get #partial(): PieceReceiver<T> | undefined {
    return this.#opener.partial;
  }

  get #standing(): Standing {
    return { fetchers: this.#fetchers, sources: this.#sources, finder: this.#finder };
  }

  #isBusy(now: number): boolean {
    if (this.#isBusyWithPieces) return true;
    const isSilent = now - this.#lastPiece >= RACE_MS;
    return this.#fetchers.size > 0 &&
      (!isSilent || this.#fetchers.isAny("queued") || this.#fetchers.isMoving);
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
