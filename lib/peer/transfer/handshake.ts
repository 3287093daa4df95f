/**
 * The beginning of a sealed transfer, on both sides: the downloader shows a ticket, the source
 * opens it, and both derive the keys of the records that follow. `lib/protocol/transfer.ts` has the
 * bytes.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { ByteReader } from "../../net/byte_reader.ts";
import { Connection, type ConnectionOptions } from "../../net/connection.ts";
import type { Address } from "../../protocol/address.ts";
import { fromBase64Url, toBase64Url } from "../../protocol/base64url.ts";
import type { OpenedTicket, Pass } from "../../protocol/ticket.ts";
import {
  decodeAnswer,
  decodeOpening,
  deriveTransferKeys,
  encodeAnswer,
  encodeOpening,
  LINE_BYTES,
  NONCE_BYTES,
} from "../../protocol/transfer.ts";
import { RecordStream } from "./record_stream.ts";
import { refusalError } from "./refusal.ts";

/** A transfer that a downloader has begun with a good ticket. */
export interface AcceptedTransfer<T extends OpenedTicket> {
  readonly ticket: T;
  readonly stream: RecordStream;
}

/**
 * The downloader's side: connects to the source at `address` and shows it a ticket. Whoever gets the
 * stream closes its connection.
 *
 * @throws {BitTrickleError} `network`, `timeout`, `interrupted`, `refused`, or `malformed` for a peer
 * that does not keep to the protocol
 */
export async function openTransfer(
  address: Address,
  pass: Pass,
  options: ConnectionOptions,
): Promise<RecordStream> {
  const connection = await Connection.open(address, options);
  try {
    return await showTicket(connection, pass);
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function showTicket(connection: Connection, { ticket, key }: Pass): Promise<RecordStream> {
  const nonce = randomNonce();
  await connection.write(encodeOpening({ ticket, nonce }));
  const reader = new ByteReader(connection);
  const answer = decodeAnswer(await reader.line(LINE_BYTES));
  if ("refusal" in answer) throw refusalError(answer.refusal);
  const secret = fromBase64Url(key)!;
  const { toSource, toDownloader } = deriveTransferKeys(secret, nonce, answer.nonce);
  return new RecordStream(connection, reader, { send: toSource, receive: toDownloader });
}

/**
 * The source's side: takes the ticket of a downloader who has just connected. Returns `undefined` if
 * the ticket was refused, and the downloader told so. Only the first record proves that the
 * downloader has the ticket's key.
 *
 * @param first What was read from the connection already
 * @param admit Opens a ticket, if it is good
 * @throws {BitTrickleError} `malformed`, or of the connection
 */
export async function acceptTransfer<T extends OpenedTicket>(
  connection: Connection,
  first: Uint8Array,
  admit: (ticket: string) => T | undefined,
): Promise<AcceptedTransfer<T> | undefined> {
  const reader = new ByteReader(connection, first);
  const opening = decodeOpening(await reader.line(LINE_BYTES));
  const ticket = admit(opening.ticket);
  if (!ticket) return void await connection.write(encodeAnswer({ refusal: 403 }));
  const nonce = randomNonce();
  await connection.write(encodeAnswer({ nonce }));
  const { toSource, toDownloader } = deriveTransferKeys(ticket.key, opening.nonce, nonce);
  const keys = { send: toDownloader, receive: toSource };
  return { ticket, stream: new RecordStream(connection, reader, keys) };
}

/** In base64url. */
function randomNonce(): string {
  return toBase64Url(randomBytes(NONCE_BYTES));
}
