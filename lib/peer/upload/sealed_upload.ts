/**
 * Serving one downloader over one sealed connection, request after request.
 *
 * @module
 */

import type { FileHandle } from "node:fs/promises";
import { BitTrickleError } from "../../errors.ts";
import { type ContentKey, formatContent } from "../../protocol/content.ts";
import {
  PIECE_BYTES,
  PIECES_PER_REQUEST,
  TICKET_CHARACTERS,
  TICKET_GRACE_MS,
} from "../../protocol/limits.ts";
import { isPieceOf, pieceBytes, pieceCount } from "../../protocol/merkle.ts";
import type { ShownTicket } from "../../protocol/ticket.ts";
import {
  decodeTransferRequest,
  encodeTransferReply,
  type TransferRefusal,
  type TransferRequest,
} from "../../protocol/transfer.ts";
import { isSameState, stateOf } from "../share/file_state.ts";
import { readPiece } from "../share/identify.ts";
import type { RecordStream } from "../transfer/record_stream.ts";
import type { SharedFile, SharedFiles } from "../share/shared_files.ts";
import type { UploadJob, UploadPool } from "./upload_pool.ts";

/** Longest request: `pieces`, two numbers and a ticket. */
const REQUEST_BYTES = 40 + TICKET_CHARACTERS;

/** Pieces sent last that the downloader may complain about. */
const REMEMBERED_PIECES = 2 * PIECES_PER_REQUEST;

/** What sealed uploads are served from. */
export interface UploadSource {
  readonly sharedFiles: SharedFiles;
  readonly pool: UploadPool;
  /** What a ticket allows, if it is one of the index's and still good. */
  readonly openTicket: (ticket: string) => ShownTicket | undefined;
  /** The time in milliseconds of a steady clock. */
  readonly now: () => number;
  /** Hears of a published file that is not what it was: it has to be hashed again. */
  readonly onChanged: (name: string) => void;
  /** Whether files are being hashed again: what is not among the shared files may be in a moment. */
  readonly isChanging: () => boolean;
  /** Whether the file `id` may be hashed again because of what a downloader says. */
  readonly mayHashAgain: (id: string) => boolean;
}

/** The pieces of a request, and the file they are of. */
type Pieces = TransferRequest & { verb: "pieces" };

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
  #grant: Grant;
  #buffer = new Uint8Array();
  #open: { readonly content: string; readonly file: FileHandle } | undefined;
  #next: Promise<Uint8Array | undefined> | undefined;
  /** Contents and pieces, the latest last. */
  readonly #sent: string[] = [];

  constructor(stream: RecordStream, ticket: ShownTicket, source: UploadSource) {
    this.#stream = stream;
    this.#source = source;
    this.#downloader = ticket.downloader;
    this.#grant = grantOf(ticket, source.now());
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
      this.#next = this.#stream.receive(REQUEST_BYTES);
      this.#next.catch(() => {});
      await this.#answer(decodeTransferRequest(text));
      onRequest(false);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open?.file.close();
    this.#open = undefined;
  }

  async #answer(request: TransferRequest): Promise<void> {
    const isAdmitted = request.ticket === undefined || this.#admit(request.ticket);
    const { content, until } = this.#grant;
    if (!isAdmitted || this.#source.now() > until) return await this.#refuse(403);
    const sharedFile = this.#source.sharedFiles.withContent(content);
    if (!sharedFile) return await this.#refuse(this.#source.isChanging() ? 410 : 404);
    if (request.verb === "layer") return await this.#sendLayer(sharedFile);
    if (request.verb === "bad") return await this.#lookAgain(sharedFile, request.piece);
    if (request.verb !== "pieces") return await this.#refuse(400);
    const end = request.first + request.count;
    const isThere = end <= pieceCount(sharedFile.state.size) && request.count <= PIECES_PER_REQUEST;
    if (!isThere) return await this.#refuse(400);
    await this.#sendInTurn(sharedFile, request);
  }

  /** A ticket is for one downloader: nobody else's opens anything here. */
  #admit(ticket: string): boolean {
    const opened = this.#source.openTicket(ticket);
    if (!opened || opened.downloader !== this.#downloader) return false;
    this.#grant = grantOf(opened, this.#source.now());
    return true;
  }

  async #sendLayer({ layer }: SharedFile): Promise<void> {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < layer.length; at += PIECE_BYTES) {
      parts.push(layer.subarray(at, at + PIECE_BYTES));
    }
    await this.#stream.send(
      encodeTransferReply({ kind: "records", count: parts.length }),
      ...parts,
    );
  }

  /** Looks at a piece that the downloader found bad: the file may have changed without a sign. */
  async #lookAgain(sharedFile: SharedFile, index: number): Promise<void> {
    const { id, layer, state, name } = sharedFile;
    const at = this.#sent.indexOf(`${id} ${index}`);
    if (at < 0) return await this.#refuse(400);
    // Each piece that was sent is looked at once.
    this.#sent.splice(at, 1);
    const file = await this.#fileOf(sharedFile).catch(() => undefined);
    const piece = file && await this.#read(file, sharedFile, index);
    if (piece && isPieceOf(layer, state.size, index, piece)) {
      return await this.#stream.send(encodeTransferReply({ kind: "records", count: 0 }));
    }
    if (piece && !this.#source.mayHashAgain(id)) return await this.#refuse(410);
    await this.#tellChanged(name);
  }

  async #sendInTurn(sharedFile: SharedFile, request: Pieces): Promise<void> {
    let failure: unknown;
    const leave = () => this.#source.pool.leave(job);
    const job: UploadJob = {
      user: this.#downloader,
      run: () => this.#sendPieces(sharedFile, request).catch((error) => void (failure = error)),
      onWait: (position) => {
        this.#stream.send(encodeTransferReply({ kind: "queued", position })).catch(leave);
      },
    };
    const running = this.#source.pool.add(job);
    this.#next?.then((text) => text ?? leave(), leave);
    const hasRun = await running;
    if (failure) throw failure;
    if (!hasRun) throw new BitTrickleError("interrupted", "this client or the downloader leaves");
  }

  async #sendPieces(sharedFile: SharedFile, { first, count }: Pieces): Promise<void> {
    const file = await this.#fileOf(sharedFile).catch((error) =>
      this.#tellUnreadable(sharedFile, error)
    );
    if (!file) return;
    for (let i = first; i < first + count; i++) {
      const piece = await this.#read(file, sharedFile, i);
      if (!piece && i === first) return await this.#tellChanged(sharedFile.name);
      // Too late for words: whoever asks again is told.
      if (!piece) throw new BitTrickleError("disk", `"${sharedFile.name}" has changed`);
      const head = i === first ? [encodeTransferReply({ kind: "records", count })] : [];
      this.#remember(`${sharedFile.id} ${i}`);
      await this.#stream.send(...head, piece);
    }
  }

  #remember(sent: string): void {
    if (this.#sent.push(sent) > REMEMBERED_PIECES) this.#sent.shift();
  }

  async #fileOf({ id, name, state }: SharedFile): Promise<FileHandle> {
    const content = formatContent({ id, size: state.size });
    if (this.#open?.content === content) return this.#open.file;
    await this[Symbol.asyncDispose]();
    const file = await this.#source.sharedFiles.open(name);
    this.#open = { content, file };
    return file;
  }

  /** The piece, unless the file is not what was published any more. */
  async #read(
    file: FileHandle,
    { state }: SharedFile,
    index: number,
  ): Promise<Uint8Array | undefined> {
    const length = pieceBytes(state.size, index);
    if (this.#buffer.length < length) this.#buffer = new Uint8Array(length);
    const piece = this.#buffer.subarray(0, length);
    const isWhole = await readPiece(file, piece, index).catch(() => false);
    return isWhole && isSameState(state, await stateOf(file)) ? piece : undefined;
  }

  async #tellUnreadable({ name }: SharedFile, error: unknown): Promise<undefined> {
    const isGone = error instanceof BitTrickleError && error.code === "not_found";
    if (!isGone) return void await this.#tellChanged(name);
    this.#source.onChanged(name);
    await this.#refuse(404);
  }

  async #tellChanged(name: string): Promise<void> {
    await this[Symbol.asyncDispose]();
    this.#source.onChanged(name);
    await this.#refuse(410);
  }

  async #refuse(code: TransferRefusal): Promise<void> {
    await this.#stream.send(encodeTransferReply({ kind: "refused", code }));
  }
}

function grantOf({ id, size, leftMs }: ShownTicket, now: number): Grant {
  return { content: { id, size }, until: now + leftMs + TICKET_GRACE_MS };
}
