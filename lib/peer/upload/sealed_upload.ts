/**
 * Serving one downloader over one sealed connection, request after request.
 *
 * @module
 */

import type { ContentKey } from "../../protocol/content.ts";
import { PIECE_BYTES, TICKET_GRACE_MS } from "../../protocol/limits.ts";
import { pieceCount } from "../../protocol/merkle.ts";
import { encodeBitmap } from "../../protocol/swarm_records.ts";
import type { ShownTicket } from "../../protocol/ticket.ts";
import {
  decodeTransferRequest,
  encodeTransferReply,
  REQUEST_BYTES,
  type TransferRefusal,
  type TransferRequest,
} from "../../protocol/transfer.ts";
import type { ServedContent } from "../share/served_content.ts";
import type { RecordStream } from "../transfer/record_stream.ts";
import { FetchedContent, type ServedFiles } from "./fetched_content.ts";
import type { GivenPieces } from "./given_pieces.ts";
import { PieceSender } from "./piece_sender.ts";
import type { UploadPool } from "./upload_pool.ts";

/** What sealed uploads are served from. */
export interface UploadSource extends ServedFiles {
  readonly pool: UploadPool;
  readonly given: GivenPieces;
  /** What a ticket allows, if it is one of the index's and still good. */
  readonly openTicket: (ticket: string) => ShownTicket | undefined;
  /** The time in milliseconds of a steady clock. */
  readonly now: () => number;
}

/** What a ticket lets a downloader fetch over one connection, until when. */
interface Grant {
  readonly content: ContentKey;
  /** Milliseconds of a steady clock. */
  readonly until: number;
}

/** One downloader's connection, once its keys are agreed. */
export class SealedUpload implements AsyncDisposable {
  readonly #stream: RecordStream;
  readonly #source: UploadSource;
  readonly #downloader: string;
  readonly #fetched: FetchedContent;
  readonly #sender: PieceSender;
  #grant: Grant;
  #next: Promise<Uint8Array | undefined> | undefined;

  constructor(stream: RecordStream, ticket: ShownTicket, source: UploadSource) {
    this.#stream = stream;
    this.#source = source;
    this.#downloader = ticket.downloader;
    this.#grant = grantOf(ticket, source.now());
    this.#fetched = new FetchedContent(source);
    const { pool, given, now } = source;
    const common = { stream, fetched: this.#fetched, pool, given, now };
    this.#sender = new PieceSender({ ...common, user: this.#downloader });
  }

  /**
   * Serves requests until the downloader leaves.
   *
   * @param onRequest Hears of each request that came, which proves who the downloader is, and of its
   * end
   * @throws {BitTrickleError} of the connection
   */
  async serve(onRequest: (isServing: boolean) => void): Promise<void> {
    for (;;) {
      const text = await this.#next ?? await this.#stream.receive(REQUEST_BYTES);
      if (!text) return;
      onRequest(true);
      // What comes next may be the end.
      const next = this.#next = this.#stream.receive(REQUEST_BYTES);
      next.catch(() => {});
      await this.#answer(decodeTransferRequest(text), next);
      onRequest(false);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#fetched[Symbol.asyncDispose]();
  }

  async #answer(request: TransferRequest, next: Promise<Uint8Array | undefined>): Promise<void> {
    const isAdmitted = request.ticket === undefined || this.#admit(request.ticket);
    const { content, until } = this.#grant;
    if (!isAdmitted || this.#source.now() > until) return await this.#refuse(403);
    const served = await this.#fetched.find(content);
    if (!served) return await this.#refuse(this.#fetched.absence);
    switch (request.verb) {
      case "layer":
        return await this.#sendLayer(served);
      case "have":
        return await this.#sendBitmap(served, request);
      case "bad":
        return await this.#sender.lookAgain(served, request.piece);
      case "pieces":
      case "choice":
        return await this.#sender.send(served, request, next);
    }
  }

  /** A ticket is for one downloader: nobody else's opens anything here. */
  #admit(ticket: string): boolean {
    const opened = this.#source.openTicket(ticket);
    if (!opened || opened.downloader !== this.#downloader) return false;
    this.#grant = grantOf(opened, this.#source.now());
    return true;
  }

  async #sendLayer({ layer }: ServedContent): Promise<void> {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < layer.length; at += PIECE_BYTES) {
      parts.push(layer.subarray(at, at + PIECE_BYTES));
    }
    await this.#sendRecords(...parts);
  }

  async #sendBitmap(served: ServedContent, asked: TransferRequest & { verb: "have" }) {
    const bits = encodeBitmap(asked, pieceCount(served.size), (piece) => served.has(piece));
    await this.#sendRecords(bits);
  }

  async #sendRecords(...records: readonly Uint8Array[]): Promise<void> {
    const reply = encodeTransferReply({ kind: "records", count: records.length });
    await this.#stream.send(reply, ...records);
  }

  async #refuse(code: TransferRefusal): Promise<void> {
    await this.#stream.send(encodeTransferReply({ kind: "refused", code }));
  }
}

function grantOf({ id, size, leftMs }: ShownTicket, now: number): Grant {
  return { content: { id, size }, until: now + leftMs + TICKET_GRACE_MS };
}
