/**
 * Listening for connections over TCP, or over TLS.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError } from "../errors.ts";
import type { Address } from "../protocol/address.ts";
import { cannotListen } from "./datagrams.ts";
import { listeningHostsFor } from "./resolve.ts";
import type { Socket } from "./socket.ts";
import { systemFault, technicalReason } from "../system_fault.ts";

/** A pause after a failing accept, so that a socket in trouble does not keep a core busy. */
const ACCEPT_ERROR_MS = 50;

/** A certificate and its key, both in PEM. */
export interface TlsCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What the runtime listens with. */
interface Listener<S> {
  readonly addr: Address;
  accept(): Promise<S>;
  close(): void;
}

/** Listening sockets, all at one port, that outlive every single connection's trouble. */
export class ConnectionListener<S extends Socket = Deno.TcpConn> implements Disposable {
  readonly #listeners: readonly Listener<S>[];
  /** Those that wait for a connection. */
  readonly #waiting = new Set<Listener<S>>();
  readonly #accepted: S[] = [];
  #change = Promise.withResolvers<void>();
  #closed = false;

  private constructor(listeners: readonly Listener<S>[]) {
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
   * The same for TLS; its handshake is part of the first read.
   *
   * @param protocol What clients have to speak (ALPN)
   * @throws {BitTrickleError} `network`, and `usage` for a certificate that does not go with its key
   */
  static bindTls(
    address: Address,
    certificate: TlsCertificate,
    protocol: string,
  ): ConnectionListener<Deno.TlsConn> {
    try {
      const alpnProtocols = [protocol];
      return new ConnectionListener([
        Deno.listenTls({ ...address, ...certificate, alpnProtocols }),
      ]);
    } catch (error) {
      // What the system does not say, the TLS library does.
      const isOfTls = error instanceof Deno.errors.InvalidData || !systemFault(error);
      if (isOfTls) throw cannotUse(error);
      throw cannotListen("TCP", address, error);
    }
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
  async *accept(): AsyncGenerator<S> {
    while (!this.#closed) {
      const socket = this.#accepted.shift();
      if (socket) yield socket;
      else await this.#acceptAny();
    }
    while (this.#waiting.size > 0) await this.#nextChange(); // Until then the port is taken.
  }

  /** Accepts no more; closing again does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#listeners) listener.close();
    for (const socket of this.#accepted) socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Resolves when a socket may have accepted a connection. None accepts a second one before. */
  async #acceptAny(): Promise<void> {
    for (const listener of this.#listeners) {
      if (!this.#waiting.has(listener)) this.#acceptOne(listener);
    }
    await this.#nextChange();
  }

  #nextChange(): Promise<void> {
    this.#change = Promise.withResolvers();
    return this.#change.promise;
  }

  async #acceptOne(listener: Listener<S>): Promise<void> {
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

function cannotUse(cause: unknown): BitTrickleError {
  const reason = technicalReason(cause);
  return new BitTrickleError("usage", `Cannot use the TLS certificate with this key: ${reason}`, {
    cause,
  });
}
