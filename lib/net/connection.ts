/**
 * The TCP socket, wrapped once: a connection that notices when nothing moves any more.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError, interrupted, reasonOf } from "../errors.ts";
import { type Address, formatAddress } from "../protocol/address.ts";
import { cannotListen } from "./datagrams.ts";

/** A pause after a failing accept, so that a socket in trouble does not keep a core busy. */
const ACCEPT_ERROR_MS = 50;

/** How a {@linkcode Connection} is watched. */
export interface ConnectionOptions {
  /** How long, in milliseconds, a read or a write may make no progress. */
  readonly stallMs: number;
  /** Closes the connection. */
  readonly signal?: AbortSignal | undefined;
}

/** A TCP connection that is closed when it stalls or when its signal fires. */
export class Connection implements Disposable {
  readonly #socket: Deno.TcpConn;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => this.close();
  #stallMs: number;
  #stalled = false;
  #closed = false;

  constructor(socket: Deno.TcpConn, { stallMs, signal }: ConnectionOptions) {
    this.#socket = socket;
    // Otherwise the end of each message waits for the other side's word about its beginning.
    socket.setNoDelay(true);
    this.#stallMs = stallMs;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (signal?.aborted) this.close();
  }

  /**
   * Connects to `address`.
   *
   * @throws {BitTrickleError} `network`, `timeout` or `interrupted`
   */
  static async open(address: Address, options: ConnectionOptions): Promise<Connection> {
    const { stallMs, signal } = options;
    const patience = AbortSignal.timeout(stallMs);
    try {
      const { hostname, port } = address;
      const either = signal ? AbortSignal.any([signal, patience]) : patience;
      return new Connection(await Deno.connect({ hostname, port, signal: either }), options);
    } catch (cause) {
      if (signal?.aborted) throw interrupted(cause);
      const where = formatAddress(address);
      throw patience.aborted
        ? new BitTrickleError("timeout", `Cannot connect to ${where}: no answer`, { cause })
        : new BitTrickleError("network", `Cannot connect to ${where}: ${reasonOf(cause)}`, {
          cause,
        });
    }
  }

  /** The other end. */
  get peer(): Address {
    return this.#socket.remoteAddr;
  }

  /** Changes how long a read or a write may make no progress, from the next one on. */
  set stallMs(ms: number) {
    this.#stallMs = ms;
  }

  /**
   * Reads what is there into `buffer` and returns how many bytes that were, or `null` at the end.
   *
   * @throws {BitTrickleError} `network`, `timeout` or `interrupted`
   */
  async read(buffer: Uint8Array): Promise<number | null> {
    return await this.#watch(() => this.#socket.read(buffer));
  }

  /**
   * Writes all of `bytes`.
   *
   * @throws {BitTrickleError} `network`, `timeout` or `interrupted`
   */
  async write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#watch(() => this.#socket.write(bytes.subarray(sent)));
    }
  }

  /** Closes both directions; closing again does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #watch<T>(operation: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.#stalled = true;
      this.close();
    }, this.#stallMs);
    try {
      return await operation();
    } catch (cause) {
      throw this.#explain(cause);
    } finally {
      clearTimeout(timer);
    }
  }

  #explain(cause: unknown): BitTrickleError {
    if (this.#signal?.aborted) return interrupted(cause);
    return this.#stalled
      ? new BitTrickleError("timeout", `no progress for ${this.#stallMs / 1_000} s`, { cause })
      : new BitTrickleError("network", `the connection broke: ${reasonOf(cause)}`, { cause });
  }
}

/** A listening TCP socket that outlives every single connection's trouble. */
export class ConnectionListener implements Disposable {
  readonly #listener: Deno.TcpListener;
  #closed = false;

  private constructor(listener: Deno.TcpListener) {
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

  /** Where the listener is bound. */
  get address(): Address {
    return this.#listener.addr;
  }

  /** Every connection made until the listener is closed. */
  async *accept(): AsyncGenerator<Deno.TcpConn> {
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

  async #acceptOne(): Promise<Deno.TcpConn | undefined> {
    try {
      return await this.#listener.accept();
    } catch {
      // Out of file descriptors, most likely: the next connection that ends frees one.
      if (!this.#closed) await delay(ACCEPT_ERROR_MS);
    }
  }
}
