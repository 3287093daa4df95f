/**
 * One piece that is asked of a source: it comes, is verified and taken in.
 *
 * @module
 */

import { withTimeout } from "../../async/with_timeout.ts";
import { BitTrickleError, malformed } from "../../errors.ts";
import type { PieceReceiver } from "./download_setting.ts";
import type { PlannedRequest } from "./outstanding_requests.ts";
import type { RequestWatcher, SourceConnection } from "./source_connection.ts";

/** How long a source that sent a bad piece may take to say whether its file has changed. */
const TELL_MS = 3_000;

/**
 * What is waited for: a source (`asking`), the turn there (`queued`), this machine's disk (`working`),
 * a word on a bad piece (`telling`), or that a source gets something that is wanted (`idle`).
 */
export type FetcherState = "asking" | "queued" | "working" | "telling" | "idle";

/** What a {@linkcode PieceRequest} works with. */
export interface PieceRequestSetting {
  readonly partial: PieceReceiver<unknown>;
  readonly connection: SourceConnection;
  /** The ticket to show now. */
  readonly ticket: () => string;
  /** Whether nothing more is wanted from the source. */
  readonly isOver: () => boolean;
  /** Whether the source of a request may choose that piece. */
  readonly onChosen: (request: PlannedRequest, piece: number) => boolean;
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
  readonly #planned: PlannedRequest;
  readonly #setting: PieceRequestSetting;
  #state: FetcherState = "asking";
  #beginning: Beginning | undefined;

  constructor(planned: PlannedRequest, setting: PieceRequestSetting) {
    this.#planned = planned;
    this.#setting = setting;
  }

  /** The piece that comes; nothing until its source has chosen it. */
  get piece(): number | undefined {
    return this.#planned.piece;
  }

  get state(): FetcherState {
    return this.#state;
  }

  /** How many bytes of the piece have come while it is not complete. */
  get arrived(): number {
    if (!this.#beginning || this.#state !== "asking") return 0;
    const { partial, connection } = this.#setting;
    const bytes = connection.received - this.#beginning.received;
    const { piece } = this.#planned;
    return piece === undefined ? 0 : Math.min(bytes, partial.lengthOf(piece));
  }

  /**
   * Fetches the piece.
   *
   * @throws {BitTrickleError} as {@linkcode SourceConnection} and {@linkcode PieceReceiver} do
   */
  async run(): Promise<void> {
    const { partial, isOver, onPiece } = this.#setting;
    const content = await this.#receive();
    const piece = this.#planned.piece!;
    const ms = performance.now() - this.#beginning!.at;
    this.#state = "working";
    if (isOver()) return;
    try {
      onPiece(await partial.add(piece, content), ms);
    } catch (error) {
      if (error instanceof BitTrickleError && error.code === "unverified") {
        await this.#tellBad(piece, error);
      }
      throw error;
    }
  }

  onQueued(place: number): void {
    this.#state = "queued";
    this.#planned.isQueued = true;
    this.#setting.onQueued(place);
  }

  onTurn(): void {
    this.#state = "asking";
    this.#planned.isQueued = false;
    this.#beginning = { received: this.#setting.connection.received, at: performance.now() };
  }

  async #receive(): Promise<Uint8Array> {
    const { partial, connection, ticket } = this.#setting;
    const { piece, choice } = this.#planned;
    if (piece !== undefined) {
      return await connection.piece(piece, partial.lengthOf(piece), ticket(), this);
    }
    const onChosen = (chosen: number) => {
      const isRight = this.#setting.onChosen(this.#planned, chosen);
      if (!isRight) throw malformed("it sends a piece that nobody asked for");
      return partial.lengthOf(chosen);
    };
    return await connection.choice(choice ?? [], onChosen, ticket(), this);
  }

  async #tellBad(piece: number, fault: BitTrickleError): Promise<void> {
    const { connection, ticket, onBadPiece, onChanged } = this.#setting;
    this.#state = "telling";
    onBadPiece(fault);
    const telling = connection.tellBad(piece, ticket()).catch((error) => {
      if (error instanceof BitTrickleError && error.code === "changed") onChanged();
    });
    await withTimeout(telling, TELL_MS);
  }
}
