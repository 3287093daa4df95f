/**
 * A pause in which the runtime looks at its sockets.
 *
 * @module
 */

import { isIPv4 } from "node:net";
import { withTimeout } from "../async/with_timeout.ts";

const RING = Uint8Array.of(0);

/** A system that keeps even this from arriving makes it slow, and does not stop it. */
const PATIENCE_MS = 20;

/**
 * A socket that only hears itself. Whoever goes on by `setImmediate` or a message is called again up to
 * 61 times (the event interval of tokio) before other sockets are looked at, and a timer of 0 ms waits
 * for two: a datagram to oneself takes about 10 µs, and others are seen with it.
 */
export class EventLoopYield implements Disposable {
  readonly #socket: Deno.DatagramConn;
  readonly #buffer = new Uint8Array(RING.length);

  /** @param hostname An address of this machine, no name: its kind of addresses is used. */
  constructor(hostname: string) {
    const loopback = isIPv4(hostname) ? "127.0.0.1" : "::1";
    this.#socket = Deno.listenDatagram({ transport: "udp", hostname: loopback, port: 0 });
  }

  /** Returns when the runtime has looked at all sockets. Never fails. */
  async ring(): Promise<void> {
    const heard = this.#socket.receive(this.#buffer).catch(() => {});
    await this.#socket.send(RING, this.#socket.addr).catch(() => {});
    await withTimeout(heard, PATIENCE_MS);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
