/**
 * Sealed records over a connection: a length of four bytes, and a sealed whose nonce counts the records
 * of its direction, so that none can be dropped, repeated or moved.
 *
 * @module
 */

import { malformed } from "../../errors.ts";
import { ByteReader, cut } from "../../net/byte_reader.ts";
import type { Connection } from "../../net/connection.ts";
import { open, sealInto, TAG_BYTES } from "../../protocol/aead.ts";

const LENGTH_BYTES = 4;
const OVERHEAD_BYTES = LENGTH_BYTES + TAG_BYTES;
/** Size of the buffer for small records and those that go with a large one. */
const SMALL_BYTES = 16_384;

/** The keys of both directions, seen from one side. */
export interface RecordKeys {
  readonly send: Uint8Array;
  readonly receive: Uint8Array;
}

/** A connection that carries records. Sending and receiving do not wait for each other. */
export class RecordStream {
  /** What carries the records: it tells how much has come, and ends the stream by closing. */
  readonly connection: Connection;
  readonly #reader: ByteReader;
  readonly #keys: RecordKeys;
  #sent = 0;
  #received = 0;
  #sending: Promise<void> = Promise.resolve();
  #frames = new Uint8Array(SMALL_BYTES);
  #buffer = new Uint8Array();

  constructor(connection: Connection, reader: ByteReader, keys: RecordKeys) {
    this.connection = connection;
    this.#reader = reader;
    this.#keys = keys;
  }

  /**
   * Sends a record for each of `contents`, after those that were sent before.
   *
   * @throws {BitTrickleError} as {@linkcode Connection.write}
   */
  send(...contents: readonly Uint8Array[]): Promise<void> {
    const sending = this.#sending.then(() => this.#write(contents));
    this.#sending = sending.catch(() => {});
    return sending;
  }

  /**
   * The content of the next record, or `undefined` at the end.
   *
   * @param most How many bytes it may have
   * @throws {BitTrickleError} `malformed` if it has more or does not open, or as
   * {@linkcode Connection.read}
   */
  async receive(most: number): Promise<Uint8Array | undefined> {
    const header = new Uint8Array(LENGTH_BYTES);
    if (!await this.#reader.fill(header)) return undefined;
    const length = new DataView(header.buffer).getUint32(0);
    if (length > most + TAG_BYTES) throw malformed("it sends more than was asked for");
    const sealed = this.#sealedBuffer(length);
    if (!await this.#reader.fill(sealed)) throw cut();
    const content = open(this.#keys.receive, this.#received++, header, sealed);
    if (!content) throw malformed("a record is not what was sealed");
    return content;
  }

  /** Small records share one write; a large one has one, with those before it. */
  async #write(contents: readonly Uint8Array[]): Promise<void> {
    let used = 0;
    for (const content of contents) {
      const length = OVERHEAD_BYTES + content.length;
      if (used > 0 && used + length > this.#frames.length) {
        await this.connection.write(this.#frames.subarray(0, used));
        used = 0;
      }
      if (length > this.#frames.length) this.#frames = new Uint8Array(length + SMALL_BYTES);
      this.#seal(content, this.#frames.subarray(used, used + length));
      used += length;
    }
    await this.connection.write(this.#frames.subarray(0, used));
  }

  #seal(content: Uint8Array, frame: Uint8Array): void {
    new DataView(frame.buffer, frame.byteOffset).setUint32(0, content.length + TAG_BYTES);
    const header = frame.subarray(0, LENGTH_BYTES);
    sealInto(frame.subarray(LENGTH_BYTES), this.#keys.send, this.#sent++, header, content);
  }

  /** A sealed text is not used once it is open, so all share one buffer. */
  #sealedBuffer(length: number): Uint8Array {
    if (length > this.#buffer.length) this.#buffer = new Uint8Array(length);
    return this.#buffer.subarray(0, length);
  }
}
