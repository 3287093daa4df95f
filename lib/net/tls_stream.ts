/**
 * The source's end of TLS by the runtime's `node:tls`, over a connection of this program.
 *
 * @module
 */

import type { Socket as NodeSocket } from "node:net";
import { Duplex } from "node:stream";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { technicalReason } from "../system_fault.ts";
import type { Address } from "../protocol/address.ts";
import { Connection } from "./connection.ts";
import type { Socket } from "./socket.ts";
import {
  beginningOf,
  type Terminated,
  type TlsIdentity,
  type TlsTerminator,
  UNWATCHED,
} from "./tls_terminator.ts";

/** Unit of reading: what downloaders send is short. */
const READ_BYTES = 16_384;

/** Unit of writing: of more `node:tls` makes copies, and of less it makes more work. */
const WRITE_BYTES = 262_144;

/** How much may wait to be read: `node:tls` takes in as much as comes. */
const MOST_UNREAD = 65_536;

/** The protocols that both sides agreed on. */
type Agreed = Awaited<ReturnType<NonNullable<Socket["handshake"]>>>;

/** Takes TLS off connections within this thread. TLS 1.2 and older are not spoken. */
export class TlsStreams implements TlsTerminator {
  readonly #context: SecureContext;
  readonly #protocol: string;

  constructor({ certificate: cert, key, protocol }: TlsIdentity) {
    this.#context = createSecureContext({ cert, key, minVersion: "TLSv1.3" });
    this.#protocol = protocol;
  }

  async terminate(outer: Connection): Promise<Terminated> {
    const carrier = new Carrier(outer, await beginningOf(outer));
    const tls = new TLSSocket(carrier as unknown as NodeSocket, {
      isServer: true,
      secureContext: this.#context,
      ALPNProtocols: [this.#protocol],
    });
    const stream = new TlsStream(carrier, tls);
    return { connection: new Connection(stream, UNWATCHED), ended: stream.ended };
  }

  [Symbol.dispose](): void {}
}

/** A connection, as `node:tls` wants what it runs over. */
class Carrier extends Duplex {
  readonly #connection: Connection;
  readonly #buffer = new Uint8Array(READ_BYTES);
  #first: Uint8Array | undefined;
  readonly remoteAddr: Address;
  /** Resolves when more may come. */
  hasRoom: () => Promise<void> = () => Promise.resolve();

  /** @param first What was read from `connection` already */
  constructor(connection: Connection, first: Uint8Array) {
    super();
    this.#connection = connection;
    this.remoteAddr = connection.peer;
    this.#first = first;
  }

  override _read(): void {
    this.#next().then((bytes) => this.push(bytes), (error) => this.destroy(error));
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error) => void): void {
    this.#connection.write(chunk).then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#connection.close();
    done(error);
  }

  async #next(): Promise<Uint8Array | null> {
    const first = this.#first;
    this.#first = undefined;
    if (first) return first;
    await this.hasRoom();
    const read = await this.#connection.read(this.#buffer);
    return read === null ? null : this.#buffer.slice(0, read);
  }
}

/** What is said inside of TLS. */
class TlsStream implements Socket {
  /** Resolves once nothing is left of it. */
  readonly ended: Promise<void>;
  readonly remoteAddr: Address;
  readonly #carrier: Carrier;
  readonly #tls: TLSSocket;
  readonly #agreed = Promise.withResolvers<Agreed>();
  readonly #chunks: AsyncIterator<Uint8Array>;
  #isSecure = false;
  #rest: Uint8Array = new Uint8Array();
  #taken = Promise.withResolvers<void>();

  constructor(carrier: Carrier, tls: TLSSocket) {
    this.#carrier = carrier;
    this.#tls = tls;
    this.remoteAddr = carrier.remoteAddr;
    this.#chunks = this.#tls[Symbol.asyncIterator]();
    this.#agreed.promise.catch(() => {});
    carrier.hasRoom = () => this.#hasRoom();
    this.ended = this.#watch();
  }

  handshake(): Promise<Agreed> {
    return this.#agreed.promise;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      this.#taken.resolve();
      if (done) return null;
      this.#rest = value;
    }
    const part = this.#rest.subarray(0, buffer.length);
    buffer.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    const part = bytes.subarray(0, WRITE_BYTES);
    return new Promise((resolve, reject) => {
      this.#tls.write(part, (error) => error ? reject(error) : resolve(part.length));
    });
  }

  /** Says goodbye first, unless there is still something to say that may never get away. */
  close(): void {
    if (!this.#isSecure || this.#tls.writableLength > 0) return this.#destroy();
    this.#isSecure = false;
    this.#tls.end(() => this.#destroy());
  }

  #destroy(): void {
    this.#tls.destroy();
    this.#carrier.destroy();
    this.#taken.resolve();
  }

  async #hasRoom(): Promise<void> {
    while (this.#tls.readableLength >= MOST_UNREAD && !this.#tls.destroyed) {
      this.#taken = Promise.withResolvers();
      await this.#taken.promise;
    }
  }

  #watch(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const fail = (error: unknown) => {
      this.#agreed.reject(error);
      this.#destroy();
    };
    const onBad = (error: Error) => fail(new Deno.errors.InvalidData(technicalReason(error)));
    const onCut = () => fail(new Deno.errors.UnexpectedEof("it was closed"));
    this.#tls.on("secure", () => {
      this.#isSecure = true;
      this.#agreed.resolve({ alpnProtocol: this.#tls.alpnProtocol || null });
    });
    // After the handshake a bad record shows in nothing but "_tlsError".
    this.#tls.on("_tlsError", onBad).on("error", onBad).on("close", onCut);
    this.#carrier.on("error", fail).on("close", onCut).on("close", resolve);
    // Who leaves within the handshake shows in nothing else.
    this.#carrier.on("end", () => this.#isSecure || onCut());
    return promise;
  }
}
