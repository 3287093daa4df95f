/**
 * Sending pieces to one downloader: which ones, when it is its turn, and hearing of bad ones.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { formatContent } from "../../protocol/content.ts";
import { PIECES_PER_REQUEST } from "../../protocol/limits.ts";
import { isPieceOf, pieceCount } from "../../protocol/merkle.ts";
import { encodeChosen } from "../../protocol/swarm_records.ts";
import {
  encodeTransferReply,
  type TransferRefusal,
  type TransferRequest,
} from "../../protocol/transfer.ts";
import type { ServedContent } from "../share/served_content.ts";
import type { RecordStream } from "../transfer/record_stream.ts";
import type { FetchedContent } from "./fetched_content.ts";
import type { GivenPieces } from "./given_pieces.ts";
import type { UploadJob, UploadPool } from "./upload_pool.ts";

/** Pieces sent last that the downloader may complain about. */
const REMEMBERED_PIECES = 2 * PIECES_PER_REQUEST;

/** A request for pieces. */
export type PieceRequest = TransferRequest & { verb: "pieces" | "choice" };

/** What a {@linkcode PieceSender} works with. */
export interface SenderSetting {
  readonly stream: RecordStream;
  /** Who gets the pieces. */
  readonly user: string;
  readonly fetched: FetchedContent;
  readonly pool: UploadPool;
  readonly given: GivenPieces;
  /** The time in milliseconds of a steady clock. */
  readonly now: () => number;
}

/** Sends pieces over one connection. */
export class PieceSender {
  readonly #setting: SenderSetting;
  /** Contents and pieces, the latest last. */
  readonly #sent: string[] = [];

  constructor(setting: SenderSetting) {
    this.#setting = setting;
  }

  /**
   * Answers a request for pieces, once it is its turn.
   *
   * @param next What the downloader says next: nothing if it leaves
   * @throws {BitTrickleError} `interrupted` if there is no turn any more, or of the connection
   */
  async send(
    served: ServedContent,
    request: PieceRequest,
    next: Promise<Uint8Array | undefined>,
  ): Promise<void> {
    const picked = this.#pick(served, request);
    if (typeof picked === "number") return await this.#refuse(picked);
    const { pool } = this.#setting;
    let failure: unknown;
    const run = () => this.#run(served, request).catch((error) => void (failure = error));
    const job = this.#jobFor(served, request, run);
    const running = pool.add(job);
    const leave = () => pool.leave(job);
    next.then((text) => text ?? leave(), leave);
    const hasRun = await running;
    if (failure) throw failure;
    if (!hasRun) throw new BitTrickleError("interrupted", "this client or the downloader leaves");
  }

  /** Looks at a piece that the downloader found bad: the file may have changed without a sign. */
  async lookAgain(served: ServedContent, piece: number): Promise<void> {
    const at = this.#sent.indexOf(keyOf(served, piece));
    if (at < 0) return await this.#refuse(400);
    // Each piece that was sent is looked at once.
    this.#sent.splice(at, 1);
    const { fetched, stream } = this.#setting;
    const bytes = await fetched.read(served, piece).catch(() => undefined);
    if (bytes && isPieceOf(served.layer, served.size, piece, bytes)) {
      return await stream.send(encodeTransferReply({ kind: "records", count: 0 }));
    }
    if (bytes) served.lose(piece);
    await this.#refuse(410);
  }

  #jobFor(served: ServedContent, request: PieceRequest, run: () => Promise<void>): UploadJob {
    const { stream, user, pool, given } = this.#setting;
    const asked = piecesOf(request).filter((piece) => served.has(piece));
    const job: UploadJob = {
      user,
      run,
      get timesGiven() {
        return given.timesGiven(served, asked);
      },
      onWait: (position) => {
        const waits = encodeTransferReply({ kind: "queued", position });
        stream.send(waits).catch(() => pool.leave(job));
      },
    };
    return job;
  }

  /** The pieces that a request gets, or why it gets none. */
  #pick(served: ServedContent, request: PieceRequest): readonly number[] | TransferRefusal {
    const asked = piecesOf(request);
    const end = pieceCount(served.size);
    if (asked.length === 0 || asked.some((piece) => piece >= end)) return 400;
    const had = asked.filter((piece) => served.has(piece));
    if (request.verb === "pieces") return had.length === asked.length ? had : 416;
    if (had.length === 0) return 416;
    const { given, user, now } = this.#setting;
    const piece = given.choose(served, had, user, now());
    return piece === undefined ? 503 : [piece];
  }

  /** What is there may be another file than when it was asked for, and have more. */
  async #run(asked: ServedContent, request: PieceRequest): Promise<void> {
    const { fetched } = this.#setting;
    const served = await fetched.find(asked);
    if (!served) return await this.#refuse(fetched.absence);
    const pieces = this.#pick(served, request);
    if (typeof pieces === "number") return await this.#refuse(pieces);
    let head = headOf(request, pieces);
    for (const piece of pieces) {
      if (!await this.#give(served, piece, head)) return;
      head = [];
    }
  }

  /** Sends a piece, which counts as given meanwhile. Returns false if `head` was refused instead. */
  async #give(
    served: ServedContent,
    piece: number,
    head: readonly Uint8Array[],
  ): Promise<boolean> {
    const { given, user, now } = this.#setting;
    const began = now();
    const takeBack = given.give(served, piece, user, began);
    let isSent = false;
    try {
      isSent = await this.#sendOne(served, piece, head);
    } finally {
      if (isSent) given.measure(now() - began);
      else takeBack();
    }
    return isSent;
  }

  async #sendOne(
    served: ServedContent,
    piece: number,
    head: readonly Uint8Array[],
  ): Promise<boolean> {
    const { fetched, stream } = this.#setting;
    const bytes = await fetched.read(served, piece).catch((error) => {
      // Too late for words: whoever asks again is told.
      if (head.length === 0) throw error;
      return this.#refusalOf(error, served);
    });
    if (typeof bytes === "number") return await this.#refuse(bytes).then(() => false);
    if (this.#sent.push(keyOf(served, piece)) > REMEMBERED_PIECES) this.#sent.shift();
    await stream.send(...head, bytes);
    return true;
  }

  /** A part that cannot be read now, as its download is just complete, may be read in a moment. */
  async #refusalOf(error: unknown, served: ServedContent): Promise<TransferRefusal> {
    const code = error instanceof BitTrickleError ? error.code : undefined;
    if (code === "changed") return 410;
    const isThere = code !== "not_found" && await this.#setting.fetched.find(served);
    return isThere ? 416 : 404;
  }

  async #refuse(code: TransferRefusal): Promise<void> {
    await this.#setting.stream.send(encodeTransferReply({ kind: "refused", code }));
  }
}

/** The pieces that are asked for: none if they are too many. */
function piecesOf(request: PieceRequest): readonly number[] {
  if (request.verb === "choice") return request.pieces;
  const { first, count } = request;
  return count > PIECES_PER_REQUEST ? [] : Array.from({ length: count }, (_, i) => first + i);
}

/** What goes before the first piece. */
function headOf({ verb }: PieceRequest, pieces: readonly number[]): Uint8Array[] {
  const chosen = verb === "choice" ? [encodeChosen(pieces[0]!)] : [];
  const count = chosen.length + pieces.length;
  return [encodeTransferReply({ kind: "records", count }), ...chosen];
}

function keyOf(content: ServedContent, piece: number): string {
  return `${formatContent(content)} ${piece}`;
}
