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
  readonly downloader: string;
  readonly content: ContentKey;
  /** Milliseconds of a steady clock. */
  readonly until: number;
}

/** Hears how a {@linkcode SealedUpload} goes. */
export interface UploadWatcher {
  /** Somebody has shown a good ticket, of this user: once, before any request is served. */
  onAdmitted(downloader: string): void;
  /** A request came, or its end. */
  onRequest(isServing: boolean): void;
}

/** One downloader's connection. */
export class SealedUpload implements AsyncDisposable {
  readonly #stream: RecordStream;
  readonly #source: UploadSource;
  readonly #fetched: FetchedContent;
  #grant: Grant | undefined;
  #sender: PieceSender | undefined;
  #next: Promise<Uint8Array | undefined> | undefined;

  constructor(stream: RecordStream, source: UploadSource) {
    this.#stream = stream;
    this.#source = source;
    this.#fetched = new FetchedContent(source);
  }

  /**
   * Serves requests until the downloader leaves. Nobody is heard for longer who has not shown a good
   * ticket at once.
   *
   * @throws {BitTrickleError} of the connection, or `malformed`
   */
  async serve(watcher: UploadWatcher): Promise<void> {
    for (;;) {
      const text = await this.#next ?? await this.#stream.receive(REQUEST_BYTES);
      if (!text) return;
      const request = decodeTransferRequest(text);
      const isAdmitted = request.ticket === undefined || this.#admit(request.ticket, watcher);
      if (!this.#grant) return await this.#refuse(403);
      watcher.onRequest(true);
      // What comes next may be the end.
      const next = this.#next = this.#stream.receive(REQUEST_BYTES);
      next.catch(() => {});
      await (isAdmitted ? this.#answer(request, this.#grant, next) : this.#refuse(403));
      watcher.onRequest(false);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#fetched[Symbol.asyncDispose]();
  }

  async #answer(
    request: TransferRequest,
    { content, until, downloader }: Grant,
    next: Promise<Uint8Array | undefined>,
  ): Promise<void> {
    if (this.#source.now() > until) return await this.#refuse(403);
    const served = await this.#fetched.find(content);
    if (!served) return await this.#refuse(this.#fetched.absence);
    switch (request.verb) {
      case "layer":
        return await this.#sendLayer(served);
      case "have":
        return await this.#sendBitmap(served, request);
      case "bad":
        return await this.#senderTo(downloader).lookAgain(served, request.piece);
      case "pieces":
      case "choice":
        return await this.#senderTo(downloader).send(served, request, next);
    }
  }

  /** A ticket is for one downloader: nobody else's opens anything here. */
  #admit(ticket: string, watcher: UploadWatcher): boolean {
    const opened = this.#source.openTicket(ticket);
    const { downloader = opened?.downloader } = this.#grant ?? {};
    if (!opened || opened.downloader !== downloader) return false;
    if (!this.#grant) watcher.onAdmitted(downloader);
    this.#grant = grantOf(opened, this.#source.now());
    return true;
  }

  /** Whoever was admitted first stays the only one. */
  #senderTo(user: string): PieceSender {
    const { pool, given, now } = this.#source;
    const common = { stream: this.#stream, fetched: this.#fetched, pool, given, now };
    return this.#sender ??= new PieceSender({ ...common, user });
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

function grantOf({ downloader, id, size, leftMs }: ShownTicket, now: number): Grant {
  return { downloader, content: { id, size }, until: now + leftMs + TICKET_GRACE_MS };
}
