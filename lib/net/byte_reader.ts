/**
 * Reading a connection by lines and by numbers of bytes, whatever pieces they come in.
 *
 * @module
 */

import { BitTrickleError, malformed } from "../errors.ts";
import type { Connection } from "./connection.ts";

const BUFFER_BYTES = 65_536;
const NEWLINE = 0x0a;

/** Reads what a {@linkcode Connection} brings. One call at a time. */
export class ByteReader {
  readonly #connection: Connection;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #start = 0;
  #end = 0;

  /** @param first What was read from the connection already. */
  constructor(connection: Connection, first: Uint8Array = new Uint8Array()) {
    this.#connection = connection;
    this.#buffer.set(first);
    this.#end = first.length;
  }

  /**
   * The next line, without its end.
   *
   * @param most How many bytes it may have, its end included
   * @throws {BitTrickleError} `malformed` if it is longer, or as {@linkcode Connection.read}
   */
  async line(most: number): Promise<Uint8Array> {
    for (;;) {
      const length = this.#buffer.subarray(this.#start, this.#end).indexOf(NEWLINE);
      if (length >= most || (length < 0 && this.#end - this.#start >= most)) {
        throw malformed("the line is too long");
      }
      if (length >= 0) return this.#take(length + 1).slice(0, length);
      if (!await this.#refill()) throw cut();
    }
  }

  /**
   * Fills all of `target`. Returns false if the connection ended before the first byte.
   *
   * @throws {BitTrickleError} `network` if it ended later, or as {@linkcode Connection.read}
   */
  async fill(target: Uint8Array): Promise<boolean> {
    let filled = 0;
    while (filled < target.length) {
      const wanted = target.length - filled;
      if (this.#start < this.#end) {
        const bytes = this.#take(Math.min(wanted, this.#end - this.#start));
        target.set(bytes, filled);
        filled += bytes.length;
      } else if (wanted < BUFFER_BYTES) {
        if (!await this.#refill()) return endAfter(filled);
      } else {
        const read = await this.#connection.read(target.subarray(filled));
        if (read === null) return endAfter(filled);
        filled += read;
      }
    }
    return true;
  }

  #take(length: number): Uint8Array {
    const bytes = this.#buffer.subarray(this.#start, this.#start + length);
    this.#start += length;
    return bytes;
  }

  async #refill(): Promise<boolean> {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    const read = await this.#connection.read(this.#buffer.subarray(this.#end));
    this.#end += read ?? 0;
    return read !== null;
  }
}

function endAfter(bytes: number): false {
  if (bytes > 0) throw cut();
  return false;
}

/** The error of a connection that ended too soon. */
export function cut(): BitTrickleError {
  return new BitTrickleError("network", "the peer closed the connection");
}
