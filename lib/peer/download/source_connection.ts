/**
 * A downloader's connection to one source: requests, answered in their order.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { malformed } from "../../errors.ts";
import { cut } from "../../net/byte_reader.ts";
import type { TransferLimits } from "../../net/rate_limit.ts";
import { watchRate } from "../../net/watch_rate.ts";
import type { Address } from "../../protocol/address.ts";
import { PIECE_BYTES, SLOWEST_RATE } from "../../protocol/limits.ts";
import { HASH_BYTES, pieceCount } from "../../protocol/merkle.ts";
import { BITMAP_PIECES } from "../../protocol/swarm_limits.ts";
import { CHOSEN_BYTES, decodeChosen } from "../../protocol/swarm_records.ts";
import {
  decodeTransferReply,
  encodeTransferRequest,
  type TransferRefusal,
  type TransferRequest,
} from "../../protocol/transfer.ts";
import { type ExpectedSource, openTransfer } from "../transfer/handshake.ts";
import type { RecordStream } from "../transfer/record_stream.ts";
import { refusalError, unverifiedIfMalformed } from "../transfer/refusal.ts";
import { assertBitmap } from "./availability.ts";

/** Longest reply before the content. */
const REPLY_BYTES = 64;

/** Options of a connection to a source. */
export interface SourceOptions {
  /**
   * How long it may send nothing, or a piece more slowly than {@linkcode SLOWEST_RATE}, in
   * milliseconds.
   */
  readonly stallMs: number;
  /** Tells the certificate of the index's authority, in PEM. */
  readonly authority: () => Promise<string>;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: TransferLimits | undefined;
}

/** What a request is answered by. */
interface Answer<T> {
  /** How many records. */
  readonly count: number;
  readonly receive: () => Promise<T>;
}

/** Hears how one request goes. */
export interface RequestWatcher {
  /** It waits in the source's queue, at this place, counted from 1. */
  onQueued(position: number): void;
  /** Its turn has come. */
  onTurn(): void;
}

/** An open connection to a source. Requests may be made before earlier ones are answered. */
export class SourceConnection implements Disposable {
  readonly #stream: RecordStream;
  readonly #options: SourceOptions;
  #turn: Promise<unknown> = Promise.resolve();
  #isOpen = true;
  /** Whether a ticket has been accepted: until then a refusal is the last word. */
  #isAdmitted = false;
  /** The one that was shown last. */
  #ticket: string | undefined;

  private constructor(stream: RecordStream, options: SourceOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  /**
   * Connects to the source that has this label, and perhaps another address.
   *
   * @throws {BitTrickleError} `network`, `timeout`, `interrupted`, or `unverified` for a peer that is not
   * that source or does not keep to the protocol; and of `authority`
   */
  static async open(
    address: Address,
    { label, otherAddress }: Pick<ExpectedSource, "label" | "otherAddress">,
    options: SourceOptions,
  ): Promise<SourceConnection> {
    const expected = { label, otherAddress, authority: await options.authority() };
    const stream = await openTransfer(address, expected, options).catch((error) => {
      throw unverifiedIfMalformed(error);
    });
    return new SourceConnection(stream, options);
  }

  /** Whether requests can still be made. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** How many bytes have come over this connection. */
  get received(): number {
    return this.#stream.connection.received;
  }

  /**
   * The hashes of the pieces of a file of `size` bytes: of as many bytes as they should be, and
   * nothing else is checked.
   *
   * @param ticket Shown if it is not the one that was shown last
   * @throws {BitTrickleError} `not_found` if the source has it no more, `changed` if it is about to
   * publish it anew, else as {@linkcode open}
   */
  async layer(size: number, ticket: string, watcher?: RequestWatcher): Promise<Uint8Array> {
    const bytes = pieceCount(size) * HASH_BYTES;
    const lengths = Array.from({ length: Math.ceil(bytes / PIECE_BYTES) }, (_, i) => {
      return Math.min(PIECE_BYTES, bytes - i * PIECE_BYTES);
    });
    const parts = await this.#askFor({ verb: "layer" }, ticket, lengths, watcher);
    return Buffer.concat(parts);
  }

  /**
   * The piece `index`, which should have `length` bytes; whether it is the right one is not checked.
   *
   * @param ticket Shown if it is not the one that was shown last
   * @throws {BitTrickleError} as {@linkcode layer}
   */
  async piece(
    index: number,
    length: number,
    ticket: string,
    watcher?: RequestWatcher,
  ): Promise<Uint8Array> {
    const request = { verb: "pieces", first: index, count: 1 } as const;
    const [piece] = await this.#askFor(request, ticket, [length], watcher);
    return piece!;
  }

  /**
   * One of `pieces`, as the source chooses; whether it is the right one is not checked.
   *
   * @param onChosen Hears which piece comes and says how many bytes it should have
   * @param ticket Shown if it is not the one that was shown last
   * @throws {BitTrickleError} as {@linkcode layer}, or what `onChosen` threw
   */
  async choice(
    pieces: readonly number[],
    onChosen: (piece: number) => number,
    ticket: string,
    watcher?: RequestWatcher,
  ): Promise<Uint8Array> {
    const receive = async () => {
      const [number] = await this.#receiveParts([CHOSEN_BYTES]);
      const [piece] = await this.#receiveParts([onChosen(decodeChosen(number!))]);
      return piece!;
    };
    return await this.#ask({ verb: "choice", pieces }, ticket, { count: 2, receive }, watcher);
  }

  /**
   * Which of the `count` pieces of the file the source has: a bit for each, from the highest bit of the
   * first byte on.
   *
   * @param ticket Shown if it is not the one that was shown last
   * @throws {BitTrickleError} as {@linkcode layer}
   */
  async bitmap(count: number, ticket: string): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let first = 0; first < count; first += BITMAP_PIECES) {
      const asked = Math.min(BITMAP_PIECES, count - first);
      const receive = async () => {
        const [bitmap] = await this.#receiveParts([Math.ceil(asked / 8)]);
        assertBitmap(bitmap!, asked);
        return bitmap!;
      };
      const request = { verb: "have", first, count: asked } as const;
      parts.push(await this.#ask(request, ticket, { count: 1, receive }));
    }
    return Buffer.concat(parts);
  }

  /**
   * Tells the source that the piece it sent is not what its hash says. Returns if it says that it is.
   *
   * @throws {BitTrickleError} `changed` if the source finds that its file is another now, else as
   * {@linkcode open}
   */
  async tellBad(piece: number, ticket: string): Promise<void> {
    await this.#askFor({ verb: "bad", piece }, ticket, []);
  }

  /** Closes the connection, which fails what is under way. */
  close(): void {
    this.#isOpen = false;
    this.#stream.connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Asks for records of `lengths` bytes. */
  #askFor(
    request: TransferRequest,
    ticket: string,
    lengths: readonly number[],
    watcher?: RequestWatcher,
  ): Promise<Uint8Array[]> {
    const receive = () => this.#receiveParts(lengths);
    return this.#ask(request, ticket, { count: lengths.length, receive }, watcher);
  }

  #ask<T>(
    request: TransferRequest,
    ticket: string,
    answer: Answer<T>,
    watcher?: RequestWatcher,
  ): Promise<T> {
    const shown = ticket === this.#ticket ? {} : { ticket };
    this.#ticket = ticket;
    const sent = this.#stream.send(encodeTransferRequest({ ...request, ...shown }));
    const answered = Promise.all([sent, this.#turn]).then(() => this.#receiveAll(answer, watcher))
      .catch((error) => this.#fail(error));
    this.#turn = answered.catch(() => {});
    return answered;
  }

  async #receiveAll<T>(
    { count, receive }: Answer<T>,
    watcher: RequestWatcher | undefined,
  ): Promise<T> {
    await this.#awaitTurn(count, watcher);
    watcher?.onTurn();
    return await receive();
  }

  async #receiveParts(lengths: readonly number[]): Promise<Uint8Array[]> {
    using _ = this.#watchRate(lengths);
    const parts: Uint8Array[] = [];
    for (const length of lengths) {
      const part = await this.#receive(length);
      if (part.length !== length) throw malformed("it sends less than was asked for");
      parts.push(part);
    }
    return parts;
  }

  async #awaitTurn(count: number, watcher: RequestWatcher | undefined): Promise<void> {
    for (;;) {
      const reply = decodeTransferReply(await this.#receive(REPLY_BYTES));
      if (reply.kind !== "refused" || reply.code !== 403) this.#isAdmitted = true;
      if (reply.kind === "refused") throw new Refusal(reply.code);
      if (reply.kind === "records" && reply.count === count) return;
      if (reply.kind === "records") throw malformed("it sends what nobody asked for");
      watcher?.onQueued(reply.position);
    }
  }

  /** Closes the connection when content of `lengths` bytes comes too slowly. */
  #watchRate(lengths: readonly number[]): Disposable {
    const { stallMs: withinMs } = this.#options;
    const all = lengths.reduce((sum, length) => sum + length, 0);
    const bytes = Math.min(all, SLOWEST_RATE * withinMs / 1_000);
    return watchRate(this.#stream.connection, { withinMs, bytes });
  }

  async #receive(most: number): Promise<Uint8Array> {
    const content = await this.#stream.receive(most);
    if (!content) throw cut();
    return content;
  }

  /** After a refusal the connection is reusable; after any other error its state is unknown. */
  #fail(error: unknown): never {
    if (error instanceof Refusal) {
      this.#ticket = undefined;
      if (!this.#isAdmitted) this.close();
      throw refusalError(error.code);
    }
    this.close();
    throw unverifiedIfMalformed(error);
  }
}

/** A refusal of one request. */
class Refusal extends Error {
  constructor(readonly code: TransferRefusal) {
    super();
  }
}
