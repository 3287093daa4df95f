/**
 * The source's end of TLS by the runtime's own sockets, for a runtime whose `node:tls` is no server over
 * any stream. The other end of such a socket is always this program: what comes over a connection is
 * passed on to a listener of its own on this machine, and ends with that connection.
 *
 * @module
 */

import { Connection } from "./connection.ts";
import {
  beginningOf,
  type Terminated,
  type TlsIdentity,
  type TlsTerminator,
  UNWATCHED,
} from "./tls_terminator.ts";

/** Unit of passing on: a few records of TLS. */
const COPY_BYTES = 262_144;

/** Takes TLS off connections by passing on what comes over them. */
export class TlsRelay implements TlsTerminator {
  readonly #listener: Deno.TlsListener;
  readonly #expected = new Map<number, (socket: Deno.TlsConn) => void>();
  /** Those that were accepted before it was known that they are this program's, by their ports. */
  readonly #early = new Map<number, Deno.TlsConn>();
  #connecting = 0;
  #isClosed = false;

  constructor({ certificate, key, protocol }: TlsIdentity) {
    const address = { hostname: "127.0.0.1", port: 0 };
    const alpnProtocols = [protocol];
    this.#listener = Deno.listenTls({ ...address, cert: certificate, key, alpnProtocols });
    this.#accept();
  }

  async terminate(outer: Connection): Promise<Terminated> {
    const first = await beginningOf(outer);
    const [own, socket] = await this.#pair();
    const relay = new Connection(own, UNWATCHED);
    await relay.write(first);
    const connection = new Connection(socket, UNWATCHED);
    // A write that is under way may not notice that its other end has gone.
    const ended = passOn(outer, relay).then(() => connection.close());
    return { connection, ended };
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listener.close();
    this.#closeEarly();
  }

  /** Both ends of a new connection within this program. */
  async #pair(): Promise<[own: Deno.TcpConn, socket: Deno.TlsConn]> {
    const { hostname, port } = this.#listener.addr;
    this.#connecting++;
    let own: Deno.TcpConn;
    let socket: Promise<Deno.TlsConn>;
    try {
      own = await Deno.connect({ hostname, port });
      socket = this.#expect(own.localAddr.port);
    } finally {
      this.#connecting--;
      if (this.#connecting === 0) this.#closeEarly();
    }
    return [own, await socket];
  }

  async #expect(port: number): Promise<Deno.TlsConn> {
    const early = this.#early.get(port);
    this.#early.delete(port);
    if (early) return early;
    const { promise, resolve } = Promise.withResolvers<Deno.TlsConn>();
    this.#expected.set(port, resolve);
    return await promise.finally(() => this.#expected.delete(port));
  }

  #closeEarly(): void {
    for (const socket of this.#early.values()) socket.close();
    this.#early.clear();
  }

  async #accept(): Promise<void> {
    while (!this.#isClosed) {
      const socket = await this.#listener.accept().catch(() => undefined);
      if (socket) this.#take(socket);
    }
  }

  /** Nobody but this program has anything to say here; whose a connection is may show a little later. */
  #take(socket: Deno.TlsConn): void {
    const { port } = socket.remoteAddr;
    const take = this.#expected.get(port);
    if (take) take(socket);
    else if (this.#connecting > 0) this.#early.set(port, socket);
    else socket.close();
  }
}

/** Passes on what comes over either, until one of them ends. Closes both. */
export async function passOn(outer: Connection, relay: Connection): Promise<void> {
  const toOuter = copy(relay, outer).catch(() => {}).finally(() => outer.close());
  const toRelay = copy(outer, relay).catch(() => {}).finally(() => relay.close());
  await Promise.all([toOuter, toRelay]);
}

async function copy(from: Connection, to: Connection): Promise<void> {
  const buffer = new Uint8Array(COPY_BYTES);
  for (let read; (read = await from.read(buffer)) !== null;) {
    await to.write(buffer.subarray(0, read));
  }
}
