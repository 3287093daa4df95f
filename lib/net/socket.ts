/**
 * What a connection needs of a socket. The runtime's sockets have it, over TCP as over TLS.
 *
 * @module
 */

import type { Address } from "../protocol/address.ts";

/** One end of a stream of bytes. */
export interface Socket {
  /** The other end. */
  readonly remoteAddr: Address;
  /** Reads what is there, and returns how many bytes that were, or `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of `bytes`, and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes both directions: reads and writes that are under way fail. */
  close(): void;
  /** Ends what this side sends, once all of it is sent, and goes on reading. */
  closeWrite?(): Promise<void>;
  /** Over TCP only: sends what is written at once. */
  setNoDelay?(on?: boolean): void;
  /**
   * Over TLS only: tells which protocol was agreed on (ALPN, RFC 7301).
   *
   * @throws {Deno.errors.InvalidData} if the other end does not speak TLS as it should
   */
  handshake?(): Promise<{ readonly alpnProtocol: string | null }>;
}
