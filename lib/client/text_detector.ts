/**
 * Telling text, which a terminal can show, from everything else.
 *
 * @module
 */

/** Characters that move a cursor or change how a terminal works, but for ends of lines and tabs. */
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]/;

/** What follows a carriage return is written over what stands before it, unless it is a line feed. */
const OVERWRITING = /\r+[^\r\n]/;

/** Looks at a file part after part, in their order. */
export class TextDetector {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** A carriage return that the part before ends with. */
  #end = "";

  /** Whether `bytes`, with those before, are the beginning of a text in UTF-8 without control characters. */
  isText(bytes: Uint8Array): boolean {
    try {
      const text = this.#end + this.#decoder.decode(bytes, { stream: true });
      if (text !== "") this.#end = text.endsWith("\r") ? "\r" : "";
      return !CONTROL.test(text) && !OVERWRITING.test(text);
    } catch {
      return false;
    }
  }
}
