/**
 * A server that hears everything and answers nothing.
 *
 * @module
 */

import { DatagramSocket } from "../../lib/net/datagrams.ts";
import type { Address } from "../../lib/protocol/address.ts";
import { ANY_PORT } from "./host.ts";

/** Holds a port. */
export class SilentServer implements AsyncDisposable {
  readonly #socket = DatagramSocket.bind(ANY_PORT);
  readonly #receiving = this.#socket.receive(() => {});

  get address(): Address {
    return this.#socket.address;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#receiving;
  }
}
