/**
 * Records over a connection: a length of four bytes, big-endian, and so many bytes of content.
 *
 * @module
 */

import { malformed } from "../../errors.ts";
import { ByteReader, cut } from "../../net/byte_reader.ts";
import type { Connection } from "../../net/connection.ts";

const LENGTH_BYTES = 4;
/** Longest content that shares a write with others: copying a larger one costs more than a write. */
const SMALL_BYTES = 16_384;

/** A connection that carries records. Sending and receiving do not wait for each other. */
export class RecordStream {
  /** What carries the records: it tells how much has come, and ends the stream by closing. */
  readonly connection: Connection;
  readonly #reader: ByteReader;
  #sending: Promise<void> = Promise.resolve();
  readonly #buffer = new Uint8Array(SMALL_BYTES + LENGTH_BYTES);

  constructor(connection: Connection) {
    this.connection = connection;
    this.#reader = new ByteReader(connection);
  }

  /**
   * Sends a record for each of `contents`, after those that were sent before. They are not copied, so
   * nobody may change them meanwhile.
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
   * @throws {BitTrickleError} `malformed` if it has more, or as {@linkcode Connection.read}
   */
  async receive(most: number): Promise<Uint8Array | undefined> {
    const header = new Uint8Array(LENGTH_BYTES);
    if (!await this.#reader.fill(header)) return undefined;
    const length = new DataView(header.buffer).getUint32(0);
    if (length > most) throw malformed("it sends more than was asked for");
    const content = new Uint8Array(length);
    if (!await this.#reader.fill(content)) throw cut();
    return content;
  }

  /** Small contents, and the lengths of large ones, share one write. */
  async #write(contents: readonly Uint8Array[]): Promise<void> {
    let used = 0;
    const flush = async () => {
      await this.connection.write(this.#buffer.subarray(0, used));
      used = 0;
    };
    for (const content of contents) {
      const isSmall = content.length <= SMALL_BYTES;
      const length = LENGTH_BYTES + (isSmall ? content.length : 0);
      if (used + length > this.#buffer.length) await flush();
      new DataView(this.#buffer.buffer).setUint32(used, content.length);
      if (isSmall) this.#buffer.set(content, used + LENGTH_BYTES);
      used += length;
      if (isSmall) continue;
      await flush();
      await this.connection.write(content);
    }
    await flush();
  }
}
