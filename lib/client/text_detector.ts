/**
 * Telling text, which a terminal can show, from everything else.
 *
 * @module
 */

/** Characters that move a cursor or change how a terminal works, but for ends of lines and tabs. */
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]/;

/** Looks at a file part after part, in their order. */
export class TextDetector {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /** Whether `bytes`, with those before, are the beginning of a text in UTF-8 without control characters. */
  isText(bytes: Uint8Array): boolean {
    try {
      return !CONTROL.test(this.#decoder.decode(bytes, { stream: true }));
    } catch {
      return false;
    }
  }
}
