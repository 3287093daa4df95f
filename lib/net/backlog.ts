/**
 * Datagrams that nobody took in time.
 *
 * @module
 */

/** A pause between two datagrams that is longer than anything this program does at a time. */
const PAUSE_MS = 10;

/** As many datagrams after a pause have waited in the system's queue, which holds some 270 on Linux. */
const MANY = 128;

/** How quickly they are then taken, even by a machine that is slow. */
const TAKEN_WITHIN_MS = 50;

/**
 * Notices that the system held up this program, from when on its socket's queue may have been full and
 * datagrams lost: a pause that many datagrams follow at once. The socket itself does not say so.
 */
export class Backlog {
  #last = Infinity;
  #pauseBegan = Infinity;
  #pauseEnded = Infinity;
  #taken = Infinity;

  /**
   * Hears that a datagram was taken at `now`, in milliseconds of a steady clock.
   *
   * @returns When the pause began, once for each that may have cost datagrams
   */
  took(now: number): number | undefined {
    if (now - this.#last > PAUSE_MS) {
      this.#pauseBegan = this.#last;
      this.#pauseEnded = now;
      this.#taken = 0;
    }
    this.#last = now;
    const isMany = ++this.#taken === MANY && now - this.#pauseEnded <= TAKEN_WITHIN_MS;
    return isMany ? this.#pauseBegan : undefined;
  }
}
