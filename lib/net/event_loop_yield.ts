/**
 * A pause in which the runtime polls its sockets.
 *
 * @module
 */

import { isIPv4 } from "node:net";
import { withTimeout } from "../async/with_timeout.ts";

const PING = Uint8Array.of(0);

/** Upper bound of a pause: where the system drops these datagrams, work is slow but goes on. */
const PATIENCE_MS = 20;

/**
 * A socket that sends datagrams to itself. A callback of `setImmediate` or a message may run up to 61
 * times (the event interval of tokio) before other sockets are polled, and a timer of 0 ms waits for
 * two: a datagram to oneself takes about 10 µs, and the other sockets are polled with it.
 */
export class EventLoopYield implements Disposable {
  readonly #socket: Deno.DatagramConn;
  readonly #buffer = new Uint8Array(PING.length);

  /** @param hostname An address of this machine, no name: its kind of addresses is used. */
  constructor(hostname: string) {
    const loopback = isIPv4(hostname) ? "127.0.0.1" : "::1";
    this.#socket = Deno.listenDatagram({ transport: "udp", hostname: loopback, port: 0 });
  }

  /** Returns when the runtime has polled all sockets. Never fails. */
  async wait(): Promise<void> {
    const heard = this.#socket.receive(this.#buffer).catch(() => {});
    await this.#socket.send(PING, this.#socket.addr).catch(() => {});
    await withTimeout(heard, PATIENCE_MS);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
