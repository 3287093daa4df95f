/**
 * The source's end of TLS: it is taken off connections that this program can close at any time. The
 * runtime's own TLS sockets (Deno 2.7 to 2.9 at least) cannot: one whose handshake is not over stays,
 * even if it is closed, until its other end closes it. Strangers could so hold as many as they like.
 *
 * @module
 */

import { malformed } from "../errors.ts";
import type { Connection } from "./connection.ts";

/** Who one is to those who connect over TLS. */
export interface TlsIdentity {
  /** In PEM, as is `key`. */
  readonly certificate: string;
  readonly key: string;
  /** The one that is spoken (ALPN, RFC 7301). */
  readonly protocol: string;
}

/** A connection without its encryption. */
export interface Terminated {
  /**
   * Carries what is said inside of TLS, once its handshake is made. What carries it is watched for
   * stalls, so this need not be.
   */
  readonly connection: Connection;
  /** Resolves once all that was said is on its way, after both ends or either has been closed. */
  readonly ended: Promise<void>;
}

/** Takes TLS off connections. */
export interface TlsTerminator extends Disposable {
  /**
   * Takes TLS off `outer`, whose handshake is still to be made. Who says nothing costs nothing.
   *
   * @throws {BitTrickleError} `malformed` if it does not begin like TLS, or of the connection
   */
  terminate(outer: Connection): Promise<Terminated>;
}

/** The end of TLS within this program needs no watch: it ends with the connection that carries it. */
export const UNWATCHED = { stallMs: Infinity };

/** Longest beginning that is read before anything is set up for it. */
const FIRST_BYTES = 2_048;

/** Type of the first record of TLS (RFC 8446 section 5.1). */
const HANDSHAKE = 22;

/**
 * The first bytes that come over `outer`.
 *
 * @throws {BitTrickleError} `malformed` if TLS does not begin so, or of the connection
 */
export async function beginningOf(outer: Connection): Promise<Uint8Array> {
  const first = new Uint8Array(FIRST_BYTES);
  const length = await outer.read(first) ?? 0;
  if (first[0] !== HANDSHAKE) throw malformed("it does not speak TLS");
  return first.subarray(0, length);
}
