/**
 * Which protocol a client speaks to its index.
 *
 * @module
 */

import { DatagramSocket } from "../../net/datagrams.ts";
import { listeningHostFor } from "../../net/resolve.ts";
import { isLoopback } from "../../protocol/address.ts";
import { PLAIN_RETRANSMIT_MS } from "../../protocol/limits.ts";
import {
  IndexLocation,
  type IndexLocationOptions,
  typedAddress,
  typedServers,
} from "./index_location.ts";
import type { IndexSession } from "./index_session.ts";
import { findKnown } from "./known_servers.ts";
import { PlainLink } from "./plain_link.ts";
import { PlainSession } from "./plain_session.ts";
import { SealedSession, type SealedSessionOptions } from "./sealed_session.ts";

/** The protocols there are: plain text, and sealed. */
export type Protocol = 1 | 2;

/** What a session needs to know. */
export interface SessionSettings extends SealedSessionOptions, IndexLocationOptions {
  /** The one protocol to speak. @default 2, and 1 where {@linkcode protocolsFor} allows it */
  readonly protocol?: Protocol | undefined;
}

/**
 * The protocols to try, in this order. Away from this machine nothing but a person's word makes a
 * client send a password in clear; and an index that once spoke protocol 2 still does, by whatever name
 * of this machine it is asked now. Only the sealed protocol knows an index with several servers.
 */
export async function protocolsFor(settings: SessionSettings): Promise<readonly Protocol[]> {
  const { index, protocol, known } = settings;
  if (protocol !== undefined) return [protocol];
  if (!isLoopback(index.hostname) || typedServers(settings).length > 1) return [2];
  const isKnown = await known?.knowsHere(index.port) ||
    known && await findKnown(known, typedAddress(settings), [index]) !== undefined;
  return isKnown ? [2] : [2, 1];
}

/** Waits of protocol 1 when a second has gone into protocol 2: what is left of five. */
const SECOND_TRY_MS = [...PLAIN_RETRANSMIT_MS.slice(0, -1), 1_000];

/**
 * Makes a session with the index, that may then log in.
 *
 * @param location Where the index is, as far as earlier sessions have found out
 * @throws {BitTrickleError} `network` if no socket can be had
 */
export function openSession(
  protocol: Protocol,
  settings: SessionSettings,
  location: IndexLocation = new IndexLocation(settings),
): IndexSession {
  if (protocol === 2) return new SealedSession(location, settings);
  const { index, retransmitMs = settings.mayBePlain ? SECOND_TRY_MS : undefined } = settings;
  const socket = DatagramSocket.bind({ hostname: listeningHostFor(index.hostname), port: 0 });
  return new PlainSession(new PlainLink(socket, index, retransmitMs), settings);
}
