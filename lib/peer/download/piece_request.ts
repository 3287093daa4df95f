/**
 * One piece that is asked of a source: it comes, is verified and taken in.
 *
 * @module
 */

import { withTimeout } from "../../async/with_timeout.ts";
import { BitTrickleError } from "../../errors.ts";
import type { PieceReceiver } from "./download_setting.ts";
import type { RequestWatcher, SourceConnection } from "./source_connection.ts";

/** How long a source that sent a bad piece may take to say whether its file has changed. */
const TELL_MS = 3_000;

/**
 * What is waited for: a source (`asking`), the turn there (`queued`), this machine's disk (`working`),
 * or a word on a bad piece (`telling`).
 */
export type FetcherState = "asking" | "queued" | "working" | "telling";

/** What a {@linkcode PieceRequest} works with. */
export interface PieceRequestSetting {
  readonly partial: PieceReceiver<unknown>;
  readonly connection: SourceConnection;
  /** The ticket to show now. */
  readonly ticket: () => string;
  /** Whether nothing more is wanted from the source. */
  readonly isOver: () => boolean;
  /** Hears of a piece that was taken in, whether it was not there yet, and how long it took to come. */
  readonly onPiece: (isNew: boolean, ms: number) => void;
  readonly onQueued: (place: number) => void;
  /** Hears of a piece that is not the file's, before the source is told. */
  readonly onBadPiece: (error: BitTrickleError) => void;
  /** Hears that the file of the source is another now. */
  readonly onChanged: () => void;
}

/** Where a connection stood when it began to send a piece. */
interface Beginning {
  readonly received: number;
  readonly at: number;
}

/** A request that is under way. */
export class PieceRequest implements RequestWatcher {
  readonly piece: number;
  readonly #setting: PieceRequestSetting;
  #state: FetcherState = "asking";
  #beginning: Beginning | undefined;

  constructor(piece: number, setting: PieceRequestSetting) {
    this.piece = piece;
    this.#setting = setting;
  }

  get state(): FetcherState {
    return this.#state;
  }

  /** How many bytes of the piece have come while it is not complete. */
  get arrived(): number {
    if (!this.#beginning || this.#state !== "asking") return 0;
    const { partial, connection } = this.#setting;
    const bytes = connection.received - this.#beginning.received;
    return Math.min(bytes, partial.lengthOf(this.piece));
  }

  /**
   * Fetches the piece.
   *
   * @throws {BitTrickleError} as {@linkcode SourceConnection} and {@linkcode PieceReceiver} do
   */
  async run(): Promise<void> {
    const { partial, connection, ticket, isOver, onPiece } = this.#setting;
    const length = partial.lengthOf(this.piece);
    const content = await connection.piece(this.piece, length, ticket(), this);
    const ms = performance.now() - this.#beginning!.at;
    this.#state = "working";
    if (isOver()) return;
    try {
      onPiece(await partial.add(this.piece, content), ms);
    } catch (error) {
      if (error instanceof BitTrickleError && error.code === "unverified") {
        await this.#tellBad(error);
      }
      throw error;
    }
  }

  onQueued(place: number): void {
    this.#state = "queued";
    this.#setting.onQueued(place);
  }

  onTurn(): void {
    this.#state = "asking";
    this.#beginning = { received: this.#setting.connection.received, at: performance.now() };
  }

  async #tellBad(fault: BitTrickleError): Promise<void> {
    const { connection, ticket, onBadPiece, onChanged } = this.#setting;
    this.#state = "telling";
    onBadPiece(fault);
    const telling = connection.tellBad(this.piece, ticket()).catch((error) => {
      if (error instanceof BitTrickleError && error.code === "changed") onChanged();
    });
    await withTimeout(telling, TELL_MS);
  }
}
