/**
 * Lines of a log, gathered as bytes.
 *
 * @module
 */

import { escapeText } from "../../protocol/escape.ts";
import { putAscii } from "../../protocol/utf8.ts";

const encoder = new TextEncoder();

const NEWLINE = 0x0a;

/** Lines that wait to be written. As texts, every collection of garbage would copy them. */
export class LogLines {
  readonly #buffer: Uint8Array;
  #end = 0;
  /** The end of the last whole line. */
  #whole = 0;

  /** @param size Most bytes that wait. */
  constructor(size: number) {
    this.#buffer = new Uint8Array(size);
  }

  /** All whole lines, in UTF-8; overwritten after {@linkcode LogLines.clear}. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#whole);
  }

  /** Appends `text`, escaped. */
  put(text: string): this {
    // Nearly every text is printable ASCII: a loop is quicker than calls into the runtime.
    if (putAscii(text, this.#buffer, this.#end, 0x20, 0x7e)) this.#end += text.length;
    else this.#putAny(escapeText(text));
    return this;
  }

  /** Goes on with `bytes`, which are known to be harmless: far quicker than a text. */
  putBytes(bytes: Uint8Array): this {
    if (this.#end + bytes.length > this.#buffer.length) {
      this.#end = this.#buffer.length;
    } else {
      this.#buffer.set(bytes, this.#end);
      this.#end += bytes.length;
    }
    return this;
  }

  /** Ends the line. Returns whether it fits: else it is dropped. */
  endLine(): boolean {
    if (this.#end >= this.#buffer.length) {
      this.#end = this.#whole;
      return false;
    }
    this.#buffer[this.#end++] = NEWLINE;
    this.#whole = this.#end;
    return true;
  }

  clear(): void {
    this.#end = this.#whole = 0;
  }

  #putAny(text: string): void {
    const { read, written } = encoder.encodeInto(text, this.#buffer.subarray(this.#end));
    this.#end = read === text.length ? this.#end + written : this.#buffer.length;
  }
}
