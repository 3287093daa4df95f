/**
 * The downloader's end of TLS. The runtime's own sockets are the fastest, but one whose handshake is not
 * over cannot be closed, as `tls_terminator.ts` says. So a host that once left a handshake unfinished is
 * spoken to over a connection that can: no source holds more than a few sockets by its silence.
 *
 * @module
 */

import { RecentMap } from "../collections/recent_map.ts";
import { BitTrickleError } from "../errors.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import type { TlsPeer } from "./tls_peer.ts";

/** How many silent hosts are remembered. */
const SILENT_HOSTS = 1_000;

/** The connection that carries another one needs no watch of its own. */
const UNWATCHED = { stallMs: Infinity };

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
  const connection = silentHosts.has(hostname)
    ? await overConnection(socket, peer, options)
    : await byRuntime(socket, peer, options);
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

async function byRuntime(
  socket: Deno.TcpConn,
  { name, authority, protocol }: TlsPeer,
  options: ConnectionOptions,
): Promise<Connection> {
  socket.setNoDelay(true); // TLS hides it.
  const tls = { hostname: name, caCerts: [authority], alpnProtocols: [protocol] };
  return new Connection(await Deno.startTls(socket, tls), options);
}

async function overConnection(
  socket: Deno.TcpConn,
  peer: TlsPeer,
  options: ConnectionOptions,
): Promise<Connection> {
  const outer = new Connection(socket, UNWATCHED);
  const { tlsOver } = await import("./tls_stream.ts");
  return new Connection(tlsOver(outer, peer), options);
}
