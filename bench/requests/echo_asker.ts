/**
 * Who asks the bare echo.
 *
 * @module
 */

import type { AnyAsker } from "./asker.ts";
import { FastUdp } from "./fast_udp.ts";
import { FILE } from "./users.ts";

/** Sends what a plain `get` sends and hears it again. */
export class EchoAsker implements AnyAsker {
  readonly #socket: FastUdp;
  readonly #request: Uint8Array<ArrayBuffer>;

  constructor(port: number, user: string) {
    this.#socket = new FastUdp(port);
    this.#request = new TextEncoder().encode(`get ${user} ${FILE}`);
  }

  enter(): void {
    this.#socket.drain();
  }

  publish(): void {
    this.ask();
  }

  ask(): void {
    this.#socket.send(this.#request);
  }

  hear(): boolean {
    return this.#socket.receive().length === this.#request.length;
  }

  look(): boolean | undefined {
    const answer = this.#socket.look();
    return answer && answer.length === this.#request.length;
  }
}
