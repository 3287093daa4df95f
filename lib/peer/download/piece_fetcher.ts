/**
 * Fetching piece after piece from one source, over one connection, until none is left for it.
 *
 * @module
 */

import { forEachPooled } from "../../async/pooled.ts";
import { unlessAborted } from "../../async/unless_aborted.ts";
import type { BitTrickleError } from "../../errors.ts";
import { SLOWEST_RATE } from "../../protocol/limits.ts";
import type { PieceReceiver } from "./download_setting.ts";
import type { PartialOpener } from "./partial_opener.ts";
import type { ConnectionPool, SealedSource } from "./connection_pool.ts";
import { type FetcherState, PieceRequests } from "./piece_requests.ts";
import type { SourceConnection } from "./source_connection.ts";
import type { SourceSlot } from "./source_list.ts";

/** How often it is looked how fast bytes come, in milliseconds. */
const MEASURE_MS = 1_000;

/**
 * Pieces that are asked for on one connection at once: while one is verified and written, the next
 * one comes. A crash costs as many.
 */
export const PIECES_IN_FLIGHT = 2;

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
export class PieceFetcher {
  readonly user: string;
  readonly #setting: FetcherSetting;
  readonly #slot: SourceSlot;
  #connection: SourceConnection | undefined;
  #mayBeStale = false;
  readonly #requests: readonly [PieceRequests, ...PieceRequests[]];
  #measured: { readonly received: number; readonly at: number } | undefined;
  #isMoving = false;

  constructor(setting: FetcherSetting, slot: SourceSlot) {
    this.#setting = setting;
    this.#slot = slot;
    this.user = slot.source.user;
    const ahead = Array.from({ length: PIECES_IN_FLIGHT - 1 }, () => this.#setUp(true));
    this.#requests = [this.#setUp(false), ...ahead];
  }

  get state(): FetcherState {
    const states = this.#requests.map(({ state }) => state);
    return STATES.find((state) => states.includes(state)) ?? "asking";
  }

  /** How many pieces it is busy with. */
  get pieces(): number {
    return this.#requests.filter(({ state }) => state !== undefined).length;
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
    await forEachPooled(PIECES_IN_FLIGHT, this.#requests, async (requests, signal) => {
      try {
        await requests.run(partial, connection, signal);
      } catch (error) {
        // What else is in flight shall not hold up the error.
        if (this.pieces > 0) this.close();
        throw error;
      }
    });
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

  /** The first fetcher asks for the hashes, without which no piece can be verified. */
  async #partial(connection: SourceConnection): Promise<PieceReceiver<unknown>> {
    const { size, opener } = this.#setting;
    const [first] = this.#requests;
    if (!opener.opening) {
      opener.begin(await connection.layer(size, this.#ticket, first));
    }
    first.state = "working";
    return await opener.opening!;
  }

  /** The newest, as the one that was shown first covers no more than some minutes. */
  get #ticket(): string {
    return this.#setting.latest(this.#slot).pass.ticket;
  }

  #setUp(isAhead: boolean): PieceRequests {
    const { user } = this;
    const { isOver, onPiece, onQueued, onBadPiece, onChanged } = this.#setting;
    return new PieceRequests({
      user,
      isAhead,
      ticket: () => this.#ticket,
      isOver: () => isOver(user),
      onPiece: (isNew) => {
        this.#mayBeStale = false;
        if (isNew) onPiece(user);
      },
      onQueued: (place) => onQueued(user, place),
      onBadPiece: (error) => onBadPiece(this, error),
      onChanged: () => onChanged(user),
    });
  }
}
