/**
 * Sealed records over a connection: a length of four bytes, and a box whose nonce counts the records
 * of its direction, so that none can be dropped, repeated or moved.
 *
 * @module
 */

import { malformed } from "../errors.ts";
import { ByteReader } from "../net/byte_reader.ts";
import type { Connection } from "../net/connection.ts";
import { open, seal, TAG_BYTES } from "../protocol/box.ts";

const LENGTH_BYTES = 4;
/** Records up to this many bytes in all are written at once. */
const SMALL_BYTES = 65_536;

/** The keys of both directions, seen from one side. */
export interface RecordKeys {
  readonly send: Uint8Array;
  readonly receive: Uint8Array;
}

/** A connection that carries records. Sending and receiving do not wait for each other. */
export class RecordStream {
  readonly #connection: Connection;
  readonly #reader: ByteReader;
  readonly #keys: RecordKeys;
  #sent = 0;
  #received = 0;
  #sending: Promise<void> = Promise.resolve();

  constructor(connection: Connection, reader: ByteReader, keys: RecordKeys) {
    this.#connection = connection;
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
    const box = new Uint8Array(length);
    if (!await this.#reader.fill(box)) throw malformed("a record is empty");
    const content = open(this.#keys.receive, this.#received++, header, box);
    if (!content) throw malformed("a record is not what was sealed");
    return content;
  }

  async #write(contents: readonly Uint8Array[]): Promise<void> {
    const frames = contents.map((content) => this.#seal(content));
    const total = frames.reduce((sum, frame) => sum + frame.length, 0);
    const writes = total <= SMALL_BYTES ? [concat(frames, total)] : frames;
    for (const bytes of writes) await this.#connection.write(bytes);
  }

  #seal(content: Uint8Array): Uint8Array {
    const header = new Uint8Array(LENGTH_BYTES);
    new DataView(header.buffer).setUint32(0, content.length + TAG_BYTES);
    const frame = seal(this.#keys.send, this.#sent++, header, content, LENGTH_BYTES);
    frame.set(header);
    return frame;
  }
}

function concat(parts: readonly Uint8Array[], total: number): Uint8Array {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const all = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
