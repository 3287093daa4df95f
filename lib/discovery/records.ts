/**
 * An announcement as records of DNS (RFC 6763 sections 4 and 6), and back.
 *
 * @module
 */

import type { Answer } from "multicast-dns";
import { isIP } from "node:net";
import { type Address, parsePort } from "../protocol/address.ts";
import {
  type Announcement,
  formatAnnouncement,
  hostOf,
  instanceOf,
  parseAnnouncement,
  SERVICE_TYPE,
} from "../protocol/announcement.ts";

/** How long others may believe a record, in seconds: RFC 6762 section 10. */
const TTL_S = 120;

/** Records that are looked at in one packet. */
const MOST_RECORDS = 100;

/** Where a person finds all types of services, RFC 6763 section 9. */
const ALL_SERVICES = "_services._dns-sd._udp.local";

/** A server of an index that announced itself. */
export interface FoundServer extends Announcement {
  readonly address: Address;
}

/** All records of `announcement` for one network, on which the index has `address`. */
export function recordsOf(announcement: Announcement, address: Address): Answer[] {
  const name = `${instanceOf(announcement, address)}.${SERVICE_TYPE}`;
  const target = hostOf(announcement, address);
  const { hostname, port } = address;
  return [
    { name: SERVICE_TYPE, type: "PTR", ttl: TTL_S, data: name },
    { name: ALL_SERVICES, type: "PTR", ttl: TTL_S, data: SERVICE_TYPE },
    { name, type: "SRV", ttl: TTL_S, data: { priority: 0, weight: 0, port, target } },
    { name, type: "TXT", ttl: TTL_S, data: formatAnnouncement(announcement) },
    { name: target, type: "A", ttl: TTL_S, data: hostname },
  ];
}

/** The same, taken back. */
export function goodbyeOf(records: readonly Answer[]): Answer[] {
  return records.map((record) => ({ ...record, ttl: 0 }));
}

/** Whether somebody who asks for `name` means one of `records`. */
export function isAsked(name: string, records: readonly Answer[]): boolean {
  return records.some((record) => record.name.toLowerCase() === name.toLowerCase());
}

/** The servers that a packet from the host `from` announces, and those that it takes back: its own. */
export function serversIn(
  records: readonly Answer[],
  from: string,
): { readonly there: FoundServer[]; readonly gone: FoundServer[] } {
  const some = records.slice(0, MOST_RECORDS);
  const there: FoundServer[] = [];
  const gone: FoundServer[] = [];
  for (const { name, type, ttl, data } of some) {
    if (type !== "PTR" || name.toLowerCase() !== SERVICE_TYPE) continue;
    const found = serverCalled(String(data), some, from);
    if (found && ttl === 0) gone.push(found);
    else if (found) there.push(found);
  }
  return { there, gone };
}

/** The host that sent the packet is where it came from, whatever its records say. */
function serverCalled(
  name: string,
  records: readonly Answer[],
  from: string,
): FoundServer | undefined {
  const dataOf = (type: string) => records.find((it) => it.type === type && it.name === name)?.data;
  const { port } = (dataOf("SRV") ?? {}) as { port?: number };
  const announcement = parseAnnouncement(textsOf(dataOf("TXT")));
  const isPort = (parsePort(String(port)) ?? 0) > 0;
  if (!announcement || !isPort || isIP(from) === 0) return undefined;
  return { ...announcement, address: { hostname: from, port: port! } };
}

function textsOf(data: unknown): string[] {
  const parts = Array.isArray(data) ? data : [];
  return parts.map((part) => part instanceof Uint8Array ? new TextDecoder().decode(part) : "");
}
