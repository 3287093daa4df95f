/**
 * The UDP socket, wrapped once.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { BitTrickleError, reasonOf } from "../errors.ts";
import { type Address, formatAddress, unmapped } from "../protocol/address.ts";
import { DATAGRAM_BYTES } from "../protocol/limits.ts";

/** What to do with a datagram. Its bytes are valid until the returned promise is done. */
export type OnDatagram = (datagram: Uint8Array, from: Address) => void | Promise<void>;

/**
 * What to send back, now or later. Must not fail; the datagram's bytes are valid during the call, and
 * what is sent now may be written into `replyBuffer`, of {@linkcode DATAGRAM_BYTES}.
 */
export type Answer = (
  datagram: Uint8Array,
  from: Address,
  replyBuffer: Uint8Array,
) => Uint8Array | undefined | Promise<Uint8Array | undefined>;

/** A pause after a failing receive, so that a socket in trouble does not keep a core busy. */
const RECEIVE_ERROR_MS = 10;

/** Turns of a busy server that are under way at once: each event of the runtime then serves several. */
const SERVING_LOOPS = 8;

/** A UDP socket. Closing it ends {@linkcode DatagramSocket.receive}. */
export class DatagramSocket implements Disposable {
  readonly #socket: Deno.DatagramConn;
  readonly #isV6: boolean;
  #closed = false;

  private constructor(socket: Deno.DatagramConn) {
    this.#socket = socket;
    this.#isV6 = (socket.addr as Deno.NetAddr).hostname.includes(":");
  }

  /**
   * Binds a socket; port 0 lets the system choose.
   *
   * @throws {BitTrickleError} `network` if the address is taken or not this machine's
   */
  static bind(address: Address): DatagramSocket {
    try {
      return new DatagramSocket(Deno.listenDatagram({ transport: "udp", ...address }));
    } catch (error) {
      throw cannotListen("UDP", address, error);
    }
  }

  /** Where the socket is bound. */
  get address(): Address {
    return this.#socket.addr as Deno.NetAddr;
  }

  /**
   * Hands over one datagram after the other until the socket is closed. Of one that is longer than
   * {@linkcode DATAGRAM_BYTES}, that many bytes and one more arrive, so that it shows.
   */
  async receive(onDatagram: OnDatagram): Promise<void> {
    const buffer = new Uint8Array(DATAGRAM_BYTES + 1);
    while (!this.#closed) {
      const received = await this.#receiveOne(buffer);
      if (received) await onDatagram(received[0], received[1] as Deno.NetAddr);
    }
  }

  /**
   * Sends back what `answer` makes of each datagram, until the socket is closed. This is the server's
   * hot path: one turn waits for nothing but the two system calls, and while one waits, others go on.
   * Later answers delay no other datagram. An IPv4 address is told as such, whatever the socket.
   */
  async serve(answer: Answer): Promise<void> {
    await Promise.all(Array.from({ length: SERVING_LOOPS }, () => this.#serve(answer)));
  }

  async #serve(answer: Answer): Promise<void> {
    const buffer = new Uint8Array(DATAGRAM_BYTES + 1);
    const replyBuffer = new Uint8Array(DATAGRAM_BYTES);
    while (!this.#closed) {
      try {
        const received = await this.#socket.receive(buffer);
        const { hostname, port } = received[1] as Deno.NetAddr;
        // The runtime's own object is slow to read, which is done many times.
        const from: Deno.NetAddr = { transport: "udp", hostname: unmapped(hostname), port };
        const reply = answer(received[0], from, replyBuffer);
        if (reply instanceof Promise) this.#sendLater(reply, from);
        else if (reply) await this.#socket.send(reply, this.#reachable(from));
      } catch {
        // A forged address that cannot be sent to, or an earlier answer that did not arrive.
        if (!this.#closed) await delay(0);
      }
    }
  }

  /**
   * Sends one datagram; like any datagram, it may get lost. After closing it does nothing.
   *
   * @throws whatever the system says of an address that cannot be sent to
   */
  async send(datagram: Uint8Array, { hostname, port }: Address): Promise<void> {
    if (this.#closed) return;
    await this.#socket.send(datagram, this.#reachable({ transport: "udp", hostname, port }));
  }

  /** As this socket calls `to`: one of IPv6 calls an IPv4 address by another name. */
  #reachable(to: Deno.NetAddr): Deno.NetAddr {
    if (!this.#isV6 || to.hostname.includes(":")) return to;
    return { ...to, hostname: `::ffff:${to.hostname}` };
  }

  async #sendLater(reply: Promise<Uint8Array | undefined>, from: Address): Promise<void> {
    const datagram = await reply;
    // As above, what cannot be sent is lost.
    if (datagram) await this.send(datagram, from).catch(() => {});
  }

  async #receiveOne(buffer: Uint8Array): Promise<[Uint8Array, Deno.Addr] | undefined> {
    try {
      return await this.#socket.receive(buffer);
    } catch {
      // Some systems report here that an earlier datagram could not be delivered.
      if (!this.#closed) await delay(RECEIVE_ERROR_MS);
    }
  }

  /** Closes the socket; closing it again does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The error for an address that cannot be listened on. */
export function cannotListen(kind: string, address: Address, cause: unknown): BitTrickleError {
  const where = `${kind} ${formatAddress(address)}`;
  const reason = cause instanceof Deno.errors.PermissionDenied
    ? "the system does not allow this port: choose one above 1023"
    : reasonOf(cause);
  return new BitTrickleError("network", `Cannot listen on ${where}: ${reason}`, { cause });
}
