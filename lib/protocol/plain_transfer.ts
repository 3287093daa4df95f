/**
 * What peers say to each other in protocol 1: the downloader sends the bare file name, without an
 * end mark, and the source answers with the file, or with this text, and closes.
 *
 * @module
 */

/** What a source sends in place of a file that it does not serve. */
export const FILE_NOT_FOUND = "Error: File not found";

/** Tells a stream that is nothing but {@linkcode FILE_NOT_FOUND} from one that is a file. */
export class RefusalDetector {
  #text: string | undefined = "";

  /** Takes the next bytes of the stream. */
  push(bytes: Uint8Array): void {
    if (this.#text === undefined) return;
    for (const byte of bytes.subarray(0, FILE_NOT_FOUND.length + 1)) {
      this.#text += String.fromCharCode(byte);
    }
    if (!FILE_NOT_FOUND.startsWith(this.#text)) this.#text = undefined;
  }

  /** Whether what came so far is the whole refusal. */
  get isRefusal(): boolean {
    return this.#text === FILE_NOT_FOUND;
  }
}
