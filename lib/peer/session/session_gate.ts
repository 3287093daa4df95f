/**
 * Waiting for a session: whoever asks the index waits here while it knows none of this client.
 *
 * @module
 */

import { interrupted } from "../../errors.ts";

/** Open at first; closed while the index knows no session. */
export class SessionGate {
  /** There while it is closed. Rejected once the index refuses the user. */
  #opening: PromiseWithResolvers<void> | undefined;
  #isRefused = false;

  /** Whether the index knows no session. */
  get isClosed(): boolean {
    return this.#opening !== undefined;
  }

  /** Whether the index has refused the user since it last knew a session. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** Takes in that the index knows no session. */
  close(): void {
    if (this.#opening) return;
    this.#opening = Promise.withResolvers();
    this.#opening.promise.catch(() => {});
  }

  /** Takes in that the index knows a session. */
  open(): void {
    this.#isRefused = false;
    this.#opening?.resolve();
    this.#opening = undefined;
  }

  /** Takes in that the index refuses the user, which `error` says to all who wait. */
  refuse(error: unknown): void {
    this.#isRefused = true;
    this.close();
    this.#opening!.reject(error);
  }

  /** Lets those who come from now on wait for another try, if the index has refused the user. */
  retry(): void {
    if (!this.#isRefused) return;
    this.#opening = undefined;
    this.close();
  }

  /** Tells all who wait that nobody tries any more. */
  interrupt(): void {
    this.#opening?.reject(interrupted());
  }

  /**
   * Resolves when the gate is open.
   *
   * @throws {BitTrickleError} why the index refuses the user, or `interrupted`
   */
  async opened(): Promise<void> {
    await this.#opening?.promise;
  }

  /** Resolves when the gate is open, or will not be. */
  async settled(): Promise<void> {
    await this.opened().catch(() => {});
  }
}
