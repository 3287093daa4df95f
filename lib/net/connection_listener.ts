/**
 * Listening for connections over TCP, or over TLS.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError } from "../errors.ts";
import type { Address } from "../protocol/address.ts";
import { cannotListen } from "./datagrams.ts";
import { listeningHostFor } from "./resolve.ts";
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

/** A listening socket that outlives every single connection's trouble. */
export class ConnectionListener<S extends Socket = Deno.TcpConn> implements Disposable {
  readonly #listener: Listener<S>;
  #closed = false;

  private constructor(listener: Listener<S>) {
    this.#listener = listener;
  }

  /**
   * Binds a listener; port 0 lets the system choose.
   *
   * @throws {BitTrickleError} `network` if the address is taken or not this machine's
   */
  static bind(address: Address): ConnectionListener {
    try {
      return new ConnectionListener(Deno.listen(address));
    } catch (error) {
      throw cannotListen("TCP", address, error);
    }
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
      return new ConnectionListener(Deno.listenTls({ ...address, ...certificate, alpnProtocols }));
    } catch (error) {
      // What the system does not say, the TLS library does.
      const isOfTls = error instanceof Deno.errors.InvalidData || !systemFault(error);
      if (isOfTls) throw cannotUse(error);
      throw cannotListen("TCP", address, error);
    }
  }

  /**
   * Binds a listener for whoever can reach one of `hosts`, or at least the first; the system chooses
   * the port.
   *
   * @throws {BitTrickleError} `network` if no port can be had
   */
  static bindFor(first: string, ...others: readonly string[]): ConnectionListener {
    try {
      return ConnectionListener.bind({ hostname: listeningHostFor(first, ...others), port: 0 });
    } catch (error) {
      if (others.length === 0) throw error;
      return ConnectionListener.bindFor(first); // A machine may have no IPv6 at all.
    }
  }

  /** Where the listener is bound. */
  get address(): Address {
    return this.#listener.addr;
  }

  /** Every connection made until the listener is closed. */
  async *accept(): AsyncGenerator<S> {
    while (!this.#closed) {
      const socket = await this.#acceptOne();
      if (socket) yield socket;
    }
  }

  /** Accepts no more; closing again does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #acceptOne(): Promise<S | undefined> {
    try {
      return await this.#listener.accept();
    } catch {
      // Out of file descriptors, most likely: the next connection that ends frees one.
      if (!this.#closed) await delay(ACCEPT_ERROR_MS);
    }
  }
}

function cannotUse(cause: unknown): BitTrickleError {
  const reason = technicalReason(cause);
  return new BitTrickleError("usage", `Cannot use the TLS certificate with this key: ${reason}`, {
    cause,
  });
}
