/**
 * The downloader's end of TLS. The runtime's sockets are fast, but one whose handshake is not over cannot
 * be closed, as `tls_terminator.ts` says. So the traffic of a host that once left a handshake unfinished
 * is passed on over a connection that can: no source holds more than a few sockets by its silence.
 *
 * @module
 */

import { RecentMap } from "../collections/recent_map.ts";
import { BitTrickleError } from "../errors.ts";
import type { Address } from "../protocol/address.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import type { Socket } from "./socket.ts";
import { passOn } from "./tls_relay.ts";
import { UNWATCHED } from "./tls_terminator.ts";

/** Whom to talk to over TLS. */
export interface TlsPeer {
  /** The name that its certificate has to tell. */
  readonly name: string;
  /** The certificate that vouches for it, in PEM. */
  readonly authority: string;
  /** The protocol that both sides insist on (ALPN, RFC 7301). */
  readonly protocol: string;
}

/** How many silent hosts are remembered. */
const SILENT_HOSTS = 1_000;

/** Those that left a handshake unfinished since this program began. */
const silentHosts = new RecentMap<string, true>(SILENT_HOSTS);

/**
 * Makes a connection over TLS of `socket`, within the time of `signal`.
 *
 * @throws {BitTrickleError} `malformed` if the other end is not `peer`, or does not speak its protocol;
 * or as {@linkcode Connection.read}
 */
export async function beginTls(
  socket: Deno.TcpConn,
  peer: TlsPeer,
  options: ConnectionOptions,
  signal: AbortSignal,
): Promise<Connection> {
  const { hostname } = socket.remoteAddr;
  socket.setNoDelay(true); // TLS hides it.
  const secure = silentHosts.has(hostname) ? relayed : startTls;
  const connection = new Connection(await secure(socket, peer), options);
  const close = () => connection.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    if (signal.aborted) close();
    await connection.handshake(peer.protocol);
    return connection;
  } catch (error) {
    const isOver = error instanceof BitTrickleError && error.code === "malformed";
    if (!isOver) silentHosts.set(hostname, true);
    connection.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

function startTls(
  socket: Deno.TcpConn,
  { name, authority, protocol }: TlsPeer,
): Promise<Deno.TlsConn> {
  const options = { hostname: name, caCerts: [authority], alpnProtocols: [protocol] };
  return Deno.startTls(socket, options);
}

/** TLS whose other end is this program, which passes on what comes until it is closed. */
async function relayed(socket: Deno.TcpConn, peer: TlsPeer): Promise<Socket> {
  const outer = new Connection(socket, UNWATCHED);
  try {
    const [near, far] = await connectedPair();
    passOn(outer, new Connection(far, UNWATCHED));
    return new RelayedSocket(await startTls(near, peer), outer);
  } catch (error) {
    outer.close();
    throw error;
  }
}

/** Both ends of a new connection within this program. */
async function connectedPair(): Promise<[Deno.TcpConn, Deno.TcpConn]> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  const near = await Deno.connect({ hostname, port });
  near.setNoDelay(true);
  for (;;) {
    const far = await listener.accept();
    if (far.remoteAddr.port === near.localAddr.port) return [near, far];
    far.close(); // Another program of this machine has nothing to say here.
  }
}

/** A socket that ends with the connection that carries it. */
class RelayedSocket implements Socket {
  readonly #socket: Deno.TlsConn;
  readonly #outer: Connection;

  constructor(socket: Deno.TlsConn, outer: Connection) {
    this.#socket = socket;
    this.#outer = outer;
  }

  get remoteAddr(): Address {
    return this.#outer.peer;
  }

  handshake(): Promise<Deno.TlsHandshakeInfo> {
    return this.#socket.handshake();
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#socket.read(buffer);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.close();
    this.#outer.close();
  }
}
