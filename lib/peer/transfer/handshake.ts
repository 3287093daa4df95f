/**
 * The beginning of a sealed transfer, on both sides: TLS, with a certificate of the index for the source.
 * The downloader proves itself by the ticket in its first request.
 *
 * @module
 */

import { Connection, type ConnectionOptions } from "../../net/connection.ts";
import { firstOf } from "../../net/first_of.ts";
import { beginTls } from "../../net/tls_client.ts";
import type { Address } from "../../protocol/address.ts";
import { TLS_PROTOCOL, tlsNameOf } from "../../protocol/tls.ts";
import { RecordStream } from "./record_stream.ts";

/** Who a source has to be. */
export interface ExpectedSource {
  /** As the index tells it, see `tls.ts`. */
  readonly label: string;
  /** The certificate of the index's authority, in PEM. */
  readonly authority: string;
  /** Where it may be found as well. */
  readonly otherAddress?: Address | undefined;
}

/**
 * The downloader's side: connects to the source at `address`, or at its other one if that is quicker.
 * Nothing is sent to anybody else who may be there. Whoever gets the stream closes its connection.
 *
 * @throws {BitTrickleError} `network`, `timeout`, `interrupted`, or `malformed` for a peer that is not
 * the source or does not keep to the protocol
 */
export async function openTransfer(
  address: Address,
  { label, authority, otherAddress }: ExpectedSource,
  options: ConnectionOptions,
): Promise<RecordStream> {
  const tls = { name: tlsNameOf(label), authority, protocol: TLS_PROTOCOL };
  const addresses = otherAddress ? [address, otherAddress] : [address];
  const ways = addresses.map((address) => (signal: AbortSignal) =>
    Connection.open(address, { ...options, signal }, (socket, signal) => {
      return beginTls(socket, tls, options, signal);
    })
  );
  return new RecordStream(await firstOf(ways, options.signal));
}

/**
 * The source's side, for a downloader who has just connected.
 *
 * @throws {BitTrickleError} `malformed`, or of the connection
 */
export async function acceptTransfer(connection: Connection): Promise<RecordStream> {
  await connection.handshake(TLS_PROTOCOL);
  return new RecordStream(connection);
}
