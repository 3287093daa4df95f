/**
 * What is told of how far a download is: complete pieces, and what has come of those under way.
 *
 * @module
 */

/** Hears how many bytes of the file there are, of how many, and how many users send. */
export type OnProgress = (bytes: number, total: number, sources: number) => void;

/** The progress of one download. */
export class DownloadProgress {
  readonly #onProgress: OnProgress;
  readonly #sources: () => number;
  #complete = 0;
  #total = 0;
  #told = -1;

  /** @param sources How many users send now */
  constructor(onProgress: OnProgress = () => {}, sources: () => number = () => 0) {
    this.#onProgress = onProgress;
    this.#sources = sources;
  }

  /** Takes in that `bytes` of `total` are there and verified; fewer than before if it begins anew. */
  complete(bytes: number, total: number): void {
    if (bytes < this.#complete) this.#told = -1;
    this.#complete = bytes;
    this.#total = total;
    this.#tell(bytes);
  }

  /** Takes in that `bytes` of pieces that are not complete have come. */
  arriving(bytes: number): void {
    this.#tell(Math.min(this.#complete + bytes, this.#total));
  }

  /** What came of a piece may be lost with its connection: that is no reason to go back. */
  #tell(bytes: number): void {
    if (bytes <= this.#told) return;
    this.#told = bytes;
    this.#onProgress(bytes, this.#total, this.#sources());
  }
}
