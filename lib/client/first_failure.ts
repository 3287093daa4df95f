/**
 * The exit code of a script.
 *
 * @module
 */

/** The exit code of the first line that failed, in whatever order lines come to their ends. */
export class FirstFailure {
  #line = Infinity;
  #code = 0;

  /** 0 if none has failed. */
  get code(): number {
    return this.#code;
  }

  /** Takes the exit code of what stands in `line`. */
  add(line: number, code: number): void {
    if (code === 0 || line >= this.#line) return;
    this.#line = line;
    this.#code = code;
  }
}
