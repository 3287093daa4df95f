/**
 * The texts of settings, wherever they come from, and what they mean.
 *
 * @module
 */

import { isIP } from "node:net";
import {
  type Address,
  type Addresses,
  type Advertised,
  canonicalIp,
  DEFAULT_PORT,
  distinctServers,
  isUnicast,
  parsePort,
} from "../../protocol/address.ts";
import { SERVERS_PER_INDEX } from "../../protocol/address_limits.ts";
import { parseByteSize } from "../../protocol/byte_size.ts";
import { escapeText } from "../../protocol/escape.ts";
import { LOWEST_PEER_PORT } from "../../protocol/limits.ts";
import { credentialFault } from "../../protocol/names.ts";

/** What a text means, or what is wrong with it: the words after the name of the setting. */
export type Reading<T> = { readonly value: T } | { readonly fault: string };

/** Longest patience, in seconds: 30 days. */
const MOST_PATIENCE_S = 2_592_000;

/**
 * The lowest limit of bandwidth, in bytes per second: with all the connections of a download each
 * still has twice `SLOWEST_RATE`, so that nobody takes a limit for a dead peer.
 */
const LOWEST_LIMIT = 32_000;

/** A text that may be anything. */
export function readAny(text: string): Reading<string> {
  return { value: text };
}

/** The name of a user. */
export function readUser(text: string): Reading<string> {
  const fault = credentialFault(text);
  return fault ? { fault: `${quoted(text)}: ${fault}` } : { value: text };
}

/** A time in milliseconds: `90`, `90s`, `5m` or `2h`. */
export function readPatience(text: string): Reading<number> {
  const [, digits, unit = "s"] = /^([0-9]{1,7})([smh])?$/.exec(text) ?? [];
  const seconds = Number(digits) * { s: 1, m: 60, h: 3_600 }[unit as "s" | "m" | "h"];
  if (seconds <= MOST_PATIENCE_S) return { value: seconds * 1_000 };
  return unlike("takes a time up to 30 days, as 90, 90s, 5m or 2h", text);
}

/** A rate in bytes per second: `5M`, `500k`, `1.5MB`, or `off` for `Infinity`. */
export function readLimit(text: string): Reading<number> {
  if (text === "off") return { value: Infinity };
  const bytes = parseByteSize(/[kmgt]$/i.test(text) ? `${text}B` : text);
  if (bytes !== undefined && bytes >= LOWEST_LIMIT) return { value: bytes };
  const least = `${LOWEST_LIMIT / 1_000}k`;
  return unlike(`is at least ${least} bytes per second, as 500k or 5M, or off`, text);
}

/** The number of a protocol. */
export function readProtocol(text: string): Reading<1 | 2> {
  if (text === "1" || text === "2") return { value: text === "1" ? 1 : 2 };
  return unlike("takes 1 or 2", text);
}

/** Something that is on or off. */
export function readSwitch(text: string): Reading<boolean> {
  if (text === "true" || text === "false") return { value: text === "true" };
  return unlike("takes true or false", text);
}

/** Where an index is: `host:port`, a host with the default port, or a port of this machine. */
export function readAddress(text: string): Reading<Address> {
  const [, bracketed, name, port] =
    /^(?:\[([^[\]]*)\]|([^:[\]\s/@]*)(?=:|$))(?::([^:]*))?$/.exec(text) ?? [];
  const host = bracketed ?? name;
  if (host === undefined) return { fault: `${quoted(text)} is not [host:]port` };
  const isPort = bracketed === undefined && port === undefined && /^[0-9]*$/.test(host);
  if (isPort) return at("127.0.0.1", host);
  if (host !== "") return at(host, port);
  return { fault: `${quoted(text)} has no host before the colon` };
}

/** Where the servers of an index are: addresses with a comma between them, as {@linkcode readAddress}. */
export function readAddresses(text: string): Reading<Addresses> {
  const words = text.split(",");
  if (words.length === 1) return readOnly(text);
  const found: Address[] = [];
  for (const word of words.map((word) => word.trim())) {
    if (word === "") return { fault: `${quoted(text)} has a comma without a server beside it` };
    const reading = readAddress(word);
    if ("fault" in reading) return reading;
    found.push(reading.value);
  }
  const servers = distinctServers(found);
  if (servers.length <= SERVERS_PER_INDEX) return { value: servers };
  return {
    fault: `names ${servers.length} servers: at most ${SERVERS_PER_INDEX} are those of an index`,
  };
}

function readOnly(text: string): Reading<Addresses> {
  const reading = readAddress(text);
  return "fault" in reading ? reading : { value: [reading.value] };
}

/** Where others find a client: an IP address, perhaps with a port. */
export function readAdvertised(text: string): Reading<Advertised> {
  const [, bracketed, plain, digits] = /^(?:\[([^[\]]*)\]|([^:]*)):([^:]*)$/.exec(text) ?? [];
  const [ip, port] = isIP(text) ? [text] : [bracketed ?? plain ?? text, parsePort(digits ?? "")];
  const isWhole = isIP(text) || (port !== undefined && port >= LOWEST_PEER_PORT);
  if (!isUnicast(ip) || !isWhole) {
    return unlike("takes an IP address, perhaps with a port from 1024 on", text);
  }
  return { value: { ip: canonicalIp(ip), ...port === undefined ? {} : { port } } };
}

function at(hostname: string, port: string | undefined): Reading<Address> {
  if (port === undefined) return { value: { hostname, port: DEFAULT_PORT } };
  const number = parsePort(port);
  if (number === 0) return { fault: "port 0 cannot be talked to" };
  if (number !== undefined) return { value: { hostname, port: number } };
  return { fault: `${quoted(port)} is not a port, a number from 0 to 65535` };
}

function unlike(form: string, text: string): { readonly fault: string } {
  return { fault: `${form}, not ${quoted(text)}` };
}

function quoted(text: string): string {
  return `"${escapeText(text)}"`;
}
