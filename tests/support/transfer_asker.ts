/**
 * A downloader that asks a source whatever the test wants, and shows what comes back as it is.
 *
 * @module
 */

import type { RecordStream } from "../../lib/peer/transfer/record_stream.ts";
import { MAX_PIECES, PIECE_BYTES } from "../../lib/protocol/limits.ts";
import type { Pass } from "../../lib/protocol/ticket.ts";
import { encodeTransferRequest, type TransferRequest } from "../../lib/protocol/transfer.ts";
import type { TestUploads } from "./test_uploads.ts";

/** The last reply to a request, and the records after it. */
export interface Answer {
  readonly reply: string;
  readonly records: readonly Uint8Array[];
}

/** An open connection to a source. */
export class TransferAsker implements Disposable {
  readonly #stream: RecordStream;
  /** To show with the next request. */
  #ticket: string | undefined;

  private constructor(stream: RecordStream, ticket: string) {
    this.#stream = stream;
    this.#ticket = ticket;
  }

  /** Connects with `pass`. */
  static async connect(uploads: TestUploads, pass: Pass): Promise<TransferAsker> {
    return new TransferAsker(await uploads.openTransfer(), pass.ticket);
  }

  /** Asks, and waits for the answer behind all places in the queue. */
  async ask(request: TransferRequest): Promise<Answer> {
    await this.send(request);
    return await this.receive();
  }

  /** Asks, and does not wait. */
  async send(request: TransferRequest): Promise<void> {
    const ticket = request.ticket ?? this.#ticket;
    this.#ticket = undefined;
    await this.#stream.send(encodeTransferRequest({ ...request, ticket }));
  }

  /** The answer to the first request that has none yet. The end of the connection is one, too. */
  async receive(): Promise<Answer> {
    const reply = await this.#text();
    if (reply.startsWith("429 ")) return await this.receive();
    const count = reply.startsWith("200 ") ? Number(reply.slice(4)) : 0;
    const records: Uint8Array[] = [];
    while (records.length < count) {
      const record = await this.#receive();
      if (!record) return { reply: "end", records };
      records.push(record);
    }
    return { reply, records };
  }

  /** The reply to a request. */
  async replyTo(request: TransferRequest): Promise<string> {
    return (await this.ask(request)).reply;
  }

  /** Which of `count` pieces from `first` on the source says it has. */
  async have(first: number, count: number): Promise<number[]> {
    const { records: [bitmap] } = await this.ask({ verb: "have", first, count });
    const all = Array.from({ length: bitmap!.length * 8 }, (_, i) => i);
    return all.filter((i) => bitmap![i >> 3]! & 0x80 >> (i & 7)).map((i) => first + i);
  }

  /** Which of `pieces` comes, or why none does. */
  async choice(...pieces: number[]): Promise<number | string> {
    const { reply, records: [chosen] } = await this.ask({ verb: "choice", pieces });
    return chosen ? new DataView(chosen.buffer, chosen.byteOffset).getUint32(0) : reply;
  }

  [Symbol.dispose](): void {
    this.#stream.connection.close();
  }

  async #text(): Promise<string> {
    const record = await this.#receive();
    return record ? new TextDecoder().decode(record) : "end";
  }

  async #receive(): Promise<Uint8Array | undefined> {
    return (await this.#stream.receive(Math.max(PIECE_BYTES, MAX_PIECES / 8)).catch(() =>
      undefined
    ))
      ?.slice();
  }
}
