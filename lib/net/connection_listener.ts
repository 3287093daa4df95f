/**
 * Listening for connections over TCP.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { Address } from "../protocol/address.ts";
import { cannotListen } from "./datagrams.ts";
import { listeningHostsFor } from "./resolve.ts";

/** A pause after a failing accept, so that a socket in trouble does not keep a core busy. */
const ACCEPT_ERROR_MS = 50;

/** Listening sockets, all at one port, that outlive every single connection's trouble. */
export class ConnectionListener implements Disposable {
  readonly #listeners: readonly Deno.TcpListener[];
  /** Those that wait for a connection. */
  readonly #waiting = new Set<Deno.TcpListener>();
  readonly #accepted: Deno.TcpConn[] = [];
  #change = Promise.withResolvers<void>();
  #closed = false;

  private constructor(listeners: readonly Deno.TcpListener[]) {
    this.#listeners = listeners;
  }

  /**
   * Binds a listener; port 0 lets the system choose.
   *
   * @throws {BitTrickleError} `network` if the address is taken or not this machine's
   */
  static bind(address: Address): ConnectionListener {
    return new ConnectionListener([listen(address)]);
  }

  /**
   * Binds a listener for whoever can reach one of `hosts`, see {@linkcode listeningHostsFor}; unless
   * told, the system chooses the port. A machine may have no IPv6 at all: one socket is enough.
   *
   * @throws {BitTrickleError} `network` if no port can be had
   */
  static bindFor(hosts: readonly [string, ...string[]], port = 0): ConnectionListener {
    const listeners: Deno.TcpListener[] = [];
    let failure: unknown;
    for (const hostname of listeningHostsFor(...hosts)) {
      try {
        listeners.push(listen({ hostname, port: listeners[0]?.addr.port ?? port }));
      } catch (error) {
        failure = error;
      }
    }
    if (listeners.length === 0) throw failure;
    return new ConnectionListener(listeners);
  }

  /** Where the first socket is bound. */
  get address(): Address {
    return this.#listeners[0]!.addr;
  }

  /** Every connection made until the listener is closed. */
  async *accept(): AsyncGenerator<Deno.TcpConn> {
    while (!this.#closed) {
      const socket = this.#accepted.shift();
      if (socket) yield socket;
      else await this.#acceptAny();
    }
  }

  /** Accepts no more; closing again does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#listeners) listener.close();
    for (const socket of this.#accepted) socket.close();
    this.#change.resolve();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Resolves when a socket may have accepted a connection. None accepts a second one before. */
  async #acceptAny(): Promise<void> {
    this.#change = Promise.withResolvers();
    for (const listener of this.#listeners) {
      if (!this.#waiting.has(listener)) this.#acceptOne(listener);
    }
    await this.#change.promise;
  }

  async #acceptOne(listener: Deno.TcpListener): Promise<void> {
    this.#waiting.add(listener);
    try {
      const socket = await listener.accept();
      if (this.#closed) socket.close();
      else this.#accepted.push(socket);
    } catch {
      // Out of file descriptors, most likely: the next connection that ends frees one.
      if (!this.#closed) await delay(ACCEPT_ERROR_MS);
    }
    this.#waiting.delete(listener);
    this.#change.resolve();
  }
}

function listen(address: Address): Deno.TcpListener {
  try {
    return Deno.listen(address);
  } catch (error) {
    throw cannotListen("TCP", address, error);
  }
}
