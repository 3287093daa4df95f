/**
 * Fetching piece after piece from one source, over one connection, until none is left for it.
 *
 * @module
 */

import { unlessAborted } from "../../async/unless_aborted.ts";
import { BitTrickleError } from "../../errors.ts";
import { withTimeout } from "../../async/with_timeout.ts";
import { SLOWEST_RATE } from "../../protocol/limits.ts";
import type { PieceReceiver } from "./download_setting.ts";
import type { PartialOpener } from "./partial_opener.ts";
import type { ConnectionPool, SealedSource } from "./connection_pool.ts";
import type { RequestWatcher, SourceConnection } from "./source_connection.ts";
import type { SourceSlot } from "./source_list.ts";

/** How long a source that sent a bad piece may take to say whether its file has changed. */
const TELL_MS = 3_000;

/** How often it is looked how fast bytes come, in milliseconds. */
const MEASURE_MS = 1_000;

/**
 * What a fetcher waits for: a source (`asking`), its turn there (`queued`), this machine's disk
 * (`working`), or a word on a bad piece (`telling`).
 */
export type FetcherState = "asking" | "queued" | "working" | "telling";

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
  #state: FetcherState = "asking";
  #measured: { readonly received: number; readonly at: number } | undefined;
  #isMoving = false;

  constructor(setting: FetcherSetting, slot: SourceSlot) {
    this.#setting = setting;
    this.#slot = slot;
    this.user = slot.source.user;
  }

  get state(): FetcherState {
    return this.#state;
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
    while (!this.#setting.isOver(this.user)) {
      const piece = partial.picker.take(this.user);
      if (piece === undefined) return;
      try {
        await this.#fetch(partial, connection, piece);
        this.#mayBeStale = false;
      } finally {
        partial.picker.release(piece, this.user);
      }
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

  /** The newest, as the one that was shown first covers no more than some minutes. */
  get #ticket(): string {
    return this.#setting.latest(this.#slot).pass.ticket;
  }

  /** The first fetcher asks for the hashes, without which no piece can be verified. */
  async #partial(connection: SourceConnection): Promise<PieceReceiver<unknown>> {
    const { size, opener } = this.#setting;
    if (!opener.opening) {
      opener.begin(await connection.layer(size, this.#ticket, this));
    }
    this.#state = "working";
    return await opener.opening!;
  }

  /** One piece is asked for at a time, so that a crash costs no more than one on each connection. */
  async #fetch(
    partial: PieceReceiver<unknown>,
    connection: SourceConnection,
    piece: number,
  ): Promise<void> {
    this.#state = "asking";
    const length = partial.lengthOf(piece);
    const content = await connection.piece(piece, length, this.#ticket, this);
    this.#state = "working";
    if (this.#setting.isOver(this.user)) return;
    try {
      if (await partial.add(piece, content)) this.#setting.onPiece(this.user);
    } catch (error) {
      if (error instanceof BitTrickleError && error.code === "unverified") {
        await this.#tellBad(connection, piece, error);
      }
      throw error;
    }
  }

  async #tellBad(connection: SourceConnection, piece: number, fault: BitTrickleError) {
    this.#state = "telling";
    this.#setting.onBadPiece(this, fault);
    const telling = connection.tellBad(piece, this.#ticket).catch((error) => {
      const hasChanged = error instanceof BitTrickleError && error.code === "changed";
      if (hasChanged) this.#setting.onChanged(this.user);
    });
    await withTimeout(telling, TELL_MS);
  }
}
