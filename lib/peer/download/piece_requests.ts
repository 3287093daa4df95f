/**
 * Requesting piece after piece over one connection, each once the one before is there. Several of
 * these share a connection.
 *
 * @module
 */

import { withTimeout } from "../../async/with_timeout.ts";
import { BitTrickleError } from "../../errors.ts";
import { DOWNLOAD_CONNECTIONS } from "../../protocol/limits.ts";
import type { PieceReceiver } from "./download_setting.ts";
import type { RequestWatcher, SourceConnection } from "./source_connection.ts";

/** How long a source that sent a bad piece may take to say whether its file has changed. */
const TELL_MS = 3_000;

/**
 * What is waited for: a source (`asking`), the turn there (`queued`), this machine's disk (`working`),
 * or a word on a bad piece (`telling`).
 */
export type FetcherState = "asking" | "queued" | "working" | "telling";

/** What {@linkcode PieceRequests} work with. */
export interface PieceRequestsSetting {
  readonly user: string;
  /** Whether pieces are asked for while others are on their way already. */
  readonly isAhead: boolean;
  /** The ticket to show now. */
  readonly ticket: () => string;
  /** Whether nothing more is wanted from the source. */
  readonly isOver: () => boolean;
  /** Hears of a piece that has come, and whether it was not there yet. */
  readonly onPiece: (isNew: boolean) => void;
  readonly onQueued: (place: number) => void;
  /** Hears of a piece that is not the file's, before the source is told. */
  readonly onBadPiece: (error: BitTrickleError) => void;
  /** Hears that the file of the source is another now. */
  readonly onChanged: () => void;
}

/** Requests, one at a time. */
export class PieceRequests implements RequestWatcher {
  readonly #setting: PieceRequestsSetting;
  /** Nothing between pieces. */
  state: FetcherState | undefined;

  constructor(setting: PieceRequestsSetting) {
    this.#setting = setting;
  }

  /**
   * Fetches until no piece is left for this source, or `signal` fires.
   *
   * @throws {BitTrickleError} as {@linkcode SourceConnection} and {@linkcode PieceReceiver} do
   */
  async run(
    partial: PieceReceiver<unknown>,
    connection: SourceConnection,
    signal: AbortSignal,
  ): Promise<void> {
    const { user } = this.#setting;
    while (!signal.aborted && !this.#setting.isOver()) {
      const piece = this.#take(partial);
      if (piece === undefined) break;
      try {
        await this.#fetch(partial, connection, piece);
      } finally {
        partial.picker.release(piece, user);
        this.state = undefined;
      }
    }
    this.state = undefined;
  }

  onQueued(place: number): void {
    this.state = "queued";
    this.#setting.onQueued(place);
  }

  onTurn(): void {
    this.state = "asking";
  }

  #take({ picker }: PieceReceiver<unknown>): number | undefined {
    const { user, isAhead } = this.#setting;
    return isAhead ? picker.takeAhead(user, DOWNLOAD_CONNECTIONS) : picker.take(user);
  }

  /** The next piece is asked for once this one is there, so that a crash costs no more than one. */
  async #fetch(
    partial: PieceReceiver<unknown>,
    connection: SourceConnection,
    piece: number,
  ): Promise<void> {
    this.state = "asking";
    const length = partial.lengthOf(piece);
    const content = await connection.piece(piece, length, this.#setting.ticket(), this);
    this.state = "working";
    if (this.#setting.isOver()) return;
    try {
      this.#setting.onPiece(await partial.add(piece, content));
    } catch (error) {
      if (error instanceof BitTrickleError && error.code === "unverified") {
        await this.#tellBad(connection, piece, error);
      }
      throw error;
    }
  }

  async #tellBad(connection: SourceConnection, piece: number, fault: BitTrickleError) {
    this.state = "telling";
    this.#setting.onBadPiece(fault);
    const telling = connection.tellBad(piece, this.#setting.ticket()).catch((error) => {
      const hasChanged = error instanceof BitTrickleError && error.code === "changed";
      if (hasChanged) this.#setting.onChanged();
    });
    await withTimeout(telling, TELL_MS);
  }
}
