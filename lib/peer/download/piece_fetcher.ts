/**
 * Fetching piece after piece from one source, over one connection, until none is left for it.
 *
 * @module
 */

import { unlessAborted } from "../../async/unless_aborted.ts";
import type { BitTrickleError } from "../../errors.ts";
import { DOWNLOAD_CONNECTIONS, SLOWEST_RATE } from "../../protocol/limits.ts";
import type { PieceReceiver } from "./download_setting.ts";
import type { PartialOpener } from "./partial_opener.ts";
import type { ConnectionPool, SealedSource } from "./connection_pool.ts";
import { type FetcherState, PieceRequest, type PieceRequestSetting } from "./piece_request.ts";
import type { RequestWatcher, SourceConnection } from "./source_connection.ts";
import type { SourceSlot } from "./source_list.ts";

/** How often it is looked how fast bytes come, in milliseconds. */
const MEASURE_MS = 1_000;

/**
 * Most pieces that are asked for on one connection at once: while one is verified and written, the
 * next one comes. A crash costs as many.
 */
export const PIECES_IN_FLIGHT = 2;

/**
 * Only a connection that brought its last piece in less time has several in flight, in milliseconds.
 * A slower one would gain nothing: it is idle between pieces for a small part of the time, and what
 * it holds reserved others could bring sooner.
 */
export const QUICK_PIECE_MS = 250;

/** Of several states at once, that of the fetcher is the first one here. */
const STATES: readonly FetcherState[] = ["telling", "working", "queued", "asking"];

/** What a {@linkcode PieceFetcher} works with. */
export interface FetcherSetting {
  readonly connections: ConnectionPool;
  /** Bytes of the file. */
  readonly size: number;
  readonly opener: Pick<PartialOpener<unknown>, "opening" | "begin">;
  /** Ends every wait for a connection: another download may use it. */
  readonly signal: AbortSignal;
  /** What the index told last about a source. */
  readonly latest: (slot: SourceSlot) => SealedSource;
  /** Whether nothing more is wanted from `user`. */
  readonly isOver: (user: string) => boolean;
  readonly onPiece: (user: string) => void;
  readonly onQueued: (user: string, place: number) => void;
  /** Hears of a piece that is not the file's, before the source is told. */
  readonly onBadPiece: (fetcher: PieceFetcher, error: BitTrickleError) => void;
  /** Hears that the file of `user` is another now. */
  readonly onChanged: (user: string) => void;
}

/** Fetches from one source. */
export class PieceFetcher implements RequestWatcher {
  readonly user: string;
  readonly #setting: FetcherSetting;
  readonly #slot: SourceSlot;
  #connection: SourceConnection | undefined;
  #mayBeStale = false;
  /** Those in flight, and what becomes of them. */
  readonly #requests = new Map<PieceRequest, Promise<void>>();
  /** What it does while no piece is in flight. */
  #state: FetcherState = "asking";
  #mostInFlight = 1;
  #measured: { readonly received: number; readonly at: number } | undefined;
  #isMoving = false;

  constructor(setting: FetcherSetting, slot: SourceSlot) {
    this.#setting = setting;
    this.#slot = slot;
    this.user = slot.source.user;
  }

  get state(): FetcherState {
    const states = this.#requests.keys().map(({ state }) => state).toArray();
    return STATES.find((state) => states.includes(state)) ?? this.#state;
  }

  /** What is in flight. */
  get requests(): Iterable<PieceRequest> {
    return this.#requests.keys();
  }

  /** How many pieces it is busy with. */
  get pieces(): number {
    return this.#requests.size;
  }

  /** How many bytes have come, if there is a connection. */
  get received(): number | undefined {
    return this.#connection?.received;
  }

  /** Whether bytes come at {@linkcode SLOWEST_RATE} or faster, for this download or another. */
  get isMoving(): boolean {
    return this.#isMoving;
  }

  /** Looks now and then how fast bytes come; `now` is the time in milliseconds of a steady clock. */
  measure(now: number): void {
    const { received } = this;
    if (received === undefined) return;
    const before = this.#measured ?? { received, at: now };
    const ms = now - before.at;
    if (this.#measured && ms < MEASURE_MS) return;
    this.#isMoving = ms > 0 && (received - before.received) / ms * 1_000 >= SLOWEST_RATE;
    this.#measured = { received, at: now };
  }

  /** Whether a connection that breaks tells nothing: it was idle, or is thought to be dead. */
  get mayBeStale(): boolean {
    return this.#mayBeStale;
  }

  /**
   * Fetches until no piece is left for this source.
   *
   * @throws {BitTrickleError} as {@linkcode SourceConnection} and {@linkcode PieceReceiver} do
   */
  async run(): Promise<void> {
    const { source, index } = this.#slot;
    const opening = this.#setting.connections.connect(source, index);
    const opened = await unlessAborted(opening, this.#setting.signal);
    if (!opened) return;
    const { connection, isUsed } = opened;
    this.#connection = connection;
    this.#mayBeStale ||= isUsed;
    const partial = await this.#partial(connection);
    try {
      await this.#fetchAll(partial, connection);
    } catch (error) {
      // What else is in flight shall not hold up the error.
      if (this.pieces > 0) this.close();
      await Promise.allSettled(this.#requests.values());
      throw error;
    }
  }

  /** Closes the connection, which fails what is under way. */
  close(): void {
    this.#connection?.close();
  }

  /** Closes a connection that is thought to be dead, so that another can take its place. */
  abandon(): void {
    this.#mayBeStale = true;
    this.close();
  }

  onQueued(place: number): void {
    this.#state = "queued";
    this.#setting.onQueued(this.user, place);
  }

  onTurn(): void {
    this.#state = "asking";
  }

  /** The first fetcher asks for the hashes, without which no piece can be verified. */
  async #partial(connection: SourceConnection): Promise<PieceReceiver<unknown>> {
    const { size, opener } = this.#setting;
    if (!opener.opening) opener.begin(await connection.layer(size, this.#ticket, this));
    this.#state = "working";
    const partial = await opener.opening!;
    this.#state = "asking";
    return partial;
  }

  /** Keeps requests in flight until no piece is left for this source. */
  async #fetchAll(partial: PieceReceiver<unknown>, connection: SourceConnection): Promise<void> {
    const setting = this.#setUp(partial, connection);
    while (!setting.isOver()) {
      this.#fill(setting);
      if (this.pieces === 0) return;
      await Promise.race(this.#requests.values());
    }
    await Promise.all(this.#requests.values());
  }

  /** Asks for as many pieces as may be in flight. */
  #fill(setting: PieceRequestSetting): void {
    const { picker } = setting.partial;
    while (this.pieces < this.#mostInFlight) {
      const piece = this.pieces === 0
        ? picker.take(this.user)
        : picker.takeAhead(this.user, DOWNLOAD_CONNECTIONS);
      if (piece === undefined) return;
      const request = new PieceRequest(piece, setting);
      const run = request.run().finally(() => {
        picker.release(piece, this.user);
        this.#requests.delete(request);
      });
      this.#requests.set(request, run);
    }
  }

  /** The newest, as the one that was shown first covers no more than some minutes. */
  get #ticket(): string {
    return this.#setting.latest(this.#slot).pass.ticket;
  }

  #setUp(partial: PieceReceiver<unknown>, connection: SourceConnection): PieceRequestSetting {
    const { user } = this;
    const { isOver, onPiece, onQueued, onBadPiece, onChanged } = this.#setting;
    return {
      partial,
      connection,
      ticket: () => this.#ticket,
      isOver: () => isOver(user),
      onPiece: (isNew, ms) => {
        this.#mayBeStale = false;
        this.#mostInFlight = ms < QUICK_PIECE_MS ? PIECES_IN_FLIGHT : 1;
        if (isNew) onPiece(user);
      },
      onQueued: (place) => onQueued(user, place),
      onBadPiece: (error) => onBadPiece(this, error),
      onChanged: () => onChanged(user),
    };
  }
}
