/**
 * The socket of TCP or TLS, wrapped once: a connection that notices when nothing moves any more.
 *
 * @module
 */

import { AwakeTimer } from "../async/awake.ts";
import type { MaybePromise } from "../async/maybe_promise.ts";
import { BitTrickleError, interrupted, malformed, reasonOf } from "../errors.ts";
import { type Address, formatAddress } from "../protocol/address.ts";
import { CONNECT_MS } from "../protocol/limits.ts";
import { technicalReason } from "../system_fault.ts";
import type { RateLimit, TransferLimits } from "./rate_limit.ts";
import type { Socket } from "./socket.ts";

/** How a {@linkcode Connection} is watched. */
export interface ConnectionOptions {
  /**
   * How long, in milliseconds, a read or a write may make no progress. Time in which this program
   * was stopped, or its machine slept, does not count.
   */
  readonly stallMs: number;
  /** Closes the connection. */
  readonly signal?: AbortSignal | undefined;
  /** Shared with other connections. The time that they cost is no lack of progress. @default none */
  readonly limits?: TransferLimits | undefined;
}

/** Makes a connection of a socket that has just been connected. */
export type Begin = (
  socket: Deno.TcpConn,
  signal: AbortSignal,
) => MaybePromise<Connection>;

/** A connection over TCP, perhaps with TLS, that is closed when it stalls or when its signal fires. */
export class Connection implements Disposable {
  readonly #socket: Socket;
  readonly #signal: AbortSignal | undefined;
  readonly #limits: TransferLimits | undefined;
  readonly #onAbort = () => this.close();
  #sharer: string | undefined;
  /** Ends what waits for a limit. */
  #closing: AbortController | undefined;
  #stallMs: number;
  #mayBeSilent = false;
  #reading: AwakeTimer | undefined;
  #writing: AwakeTimer | undefined;
  /** Ends a write that is under way. */
  #cut: PromiseWithResolvers<never> | undefined;
  #received = 0;
  #failure: BitTrickleError | undefined;
  #closed = false;

  constructor(socket: Socket, { stallMs, signal, limits }: ConnectionOptions) {
    this.#socket = socket;
    // Otherwise the end of each message waits for the other side's word about its beginning.
    socket.setNoDelay?.(true);
    this.#stallMs = stallMs;
    this.#signal = signal;
    this.#limits = limits;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (signal?.aborted) this.close();
  }

  /**
   * Connects to `address`, within {@linkcode CONNECT_MS} or the stall time if that is shorter.
   *
   * @param begin Makes a connection of a socket, until its signal fires. @default over TCP
   * @throws {BitTrickleError} `network`, `timeout`, `interrupted`, or `malformed` by `begin`
   */
  static async open(
    address: Address,
    options: ConnectionOptions,
    begin: Begin = (socket) => new Connection(socket, options),
  ): Promise<Connection> {
    const { stallMs, signal } = options;
    const giveUp = new AbortController();
    using _ = new AwakeTimer(Math.min(stallMs, CONNECT_MS), () => giveUp.abort());
    try {
      const { hostname, port } = address;
      const either = signal ? AbortSignal.any([signal, giveUp.signal]) : giveUp.signal;
      const socket = await Deno.connect({ hostname, port, signal: either });
      return await begin(socket, either);
    } catch (cause) {
      if (signal?.aborted) throw interrupted(cause);
      if (cause instanceof BitTrickleError && cause.code === "malformed") throw cause;
      const where = formatAddress(address);
      throw giveUp.signal.aborted
        ? new BitTrickleError("timeout", `Cannot connect to ${where}: no answer`, { cause })
        : new BitTrickleError("network", `Cannot connect to ${where}: ${reasonOf(cause)}`, {
          cause,
        });
    }
  }

  /**
   * Agrees on keys with the other end of a TLS connection.
   *
   * @param protocol What it has to speak
   * @throws {BitTrickleError} `malformed` if it does not, or is not who it should be; else as
   * {@linkcode read}
   */
  async handshake(protocol: string): Promise<void> {
    if (!this.#socket.handshake) throw malformed("it does not speak TLS");
    const { alpnProtocol } = await this.#socket.handshake().catch((cause) => {
      if (!(cause instanceof Deno.errors.InvalidData)) throw this.#explain(cause);
      const reason = "it is not who it should be, or speaks another TLS";
      throw malformed(`no secure connection: ${reason} (${technicalReason(cause)})`, cause);
    });
    if (alpnProtocol !== protocol) throw malformed("it speaks another protocol");
  }

  /** The other end. */
  get peer(): Address {
    return this.#socket.remoteAddr;
  }

  /** How many bytes have been read. */
  get received(): number {
    return this.#received;
  }

  /** Says who shares the limits through this connection; unless said, it is the host at its other end. */
  set sharer(sharer: string) {
    this.#sharer = sharer;
  }

  /** Changes how long a read or a write may make no progress, from the next one on. */
  set stallMs(ms: number) {
    this.#stallMs = ms;
  }

  /** Takes in that the peer may be lost: until `stallMs` is set anew, writes may wait `ms` at most. */
  suspect(ms: number): void {
    if (ms >= this.#stallMs) return;
    this.#stallMs = ms;
    this.#writing?.restart(ms);
  }

  /** Whether a read may wait for ever, the one under way as well. Unless set, none may. */
  set mayBeSilent(value: boolean) {
    this.#mayBeSilent = value;
    this.#reading?.restart(this.#readMs);
  }

  /**
   * Reads what is there into `buffer` and returns how many bytes that were, or `null` at the end.
   * One read at a time.
   *
   * @throws {BitTrickleError} `network`, `timeout` or `interrupted`
   */
  read(buffer: Uint8Array): Promise<number | null> {
    const down = this.#limits?.down;
    return down?.isOn ? this.#readWithin(down, buffer) : this.#read(buffer);
  }

  /**
   * Writes all of `bytes`.
   *
   * @throws {BitTrickleError} `network`, `timeout` or `interrupted`
   */
  async write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      const up = this.#limits?.up;
      const rest = bytes.subarray(sent);
      sent += up?.isOn ? await this.#writeWithin(up, rest) : await this.#write(rest);
    }
  }

  /** Ends what this side sends, where the socket can; reading goes on. */
  async endWriting(): Promise<void> {
    await this.#socket.closeWrite?.().catch(() => {}); // The other end may be gone already.
  }

  /** Closes the connection. What is under way fails with `error`. */
  abort(error: BitTrickleError): void {
    this.#failure ??= error;
    this.close();
  }

  /** Closes both directions; closing again does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#socket.close();
    this.#closing?.abort();
    this.#cut?.reject(interrupted());
  }

  [Symbol.dispose](): void {
    this.close();
  }

  get #readMs(): number {
    return this.#mayBeSilent ? Infinity : this.#stallMs;
  }

  async #readWithin(limit: RateLimit, buffer: Uint8Array): Promise<number | null> {
    const read = await this.#read(buffer.subarray(0, limit.portion));
    await this.#pay(limit, read ?? 0);
    return read;
  }

  async #writeWithin(limit: RateLimit, bytes: Uint8Array): Promise<number> {
    const written = await this.#write(bytes.subarray(0, limit.portion));
    await this.#pay(limit, written);
    return written;
  }

  async #read(buffer: Uint8Array): Promise<number | null> {
    using timer = new AwakeTimer(this.#readMs, () => this.#stall());
    this.#reading = timer;
    try {
      const read = await this.#socket.read(buffer);
      this.#received += read ?? 0;
      return read;
    } catch (cause) {
      throw this.#explain(cause);
    } finally {
      this.#reading = undefined;
    }
  }

  async #write(bytes: Uint8Array): Promise<number> {
    using timer = new AwakeTimer(this.#stallMs, () => this.#stall());
    this.#writing = timer;
    this.#cut = Promise.withResolvers();
    try {
      // Deno 2.7 leaves a write pending when its socket is closed.
      return await Promise.race([this.#socket.write(bytes), this.#cut.promise]);
    } catch (cause) {
      throw this.#explain(cause);
    } finally {
      this.#writing = undefined;
      this.#cut = undefined;
    }
  }

  /** Waits until what moved is within the limit. */
  async #pay(limit: RateLimit, bytes: number): Promise<void> {
    this.#closing ??= new AbortController();
    if (this.#closed) this.#closing.abort();
    this.#sharer ??= this.peer.hostname;
    await limit.pay(bytes, this.#sharer, this.#closing.signal).catch((cause) => {
      throw this.#explain(cause);
    });
  }

  #stall(): void {
    this.abort(new BitTrickleError("timeout", `no progress for ${this.#stallMs / 1_000} s`));
  }

  #explain(cause: unknown): BitTrickleError {
    if (this.#signal?.aborted) return interrupted(cause);
    const reason = `the connection broke: ${reasonOf(cause)}`;
    return this.#failure ?? new BitTrickleError("network", reason, { cause });
  }
}
