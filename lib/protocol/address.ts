/**
 * Addresses of hosts and ports: how they are written, and which ones may be used for what.
 *
 * @module
 */

import { isIP, isIPv4 } from "node:net";
import { HIGHEST_PORT } from "./limits.ts";

/** Where a socket is: `hostname` is an IP literal wherever it came off a socket. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** Where the servers of one index are: at least one, and any of them will do. */
export type Addresses = readonly [Address, ...Address[]];

/** Where others are told that a client serves, though it is not there itself. */
export interface Advertised {
  /** An IP literal. */
  readonly ip: string;
  /** The TCP port, of the client as of that address. @default the system chooses */
  readonly port?: number;
}

/**
 * The UDP port of an index where none is named: `BT` in ASCII, which IANA has assigned to nobody, and
 * below all that systems hand out to programs that want any port.
 */
export const DEFAULT_PORT = 16_980;

/** Multicast, the unspecified address, and IPv4 addresses in IPv6 clothes. */
const NOT_ONE_V6_HOST = /^(?:ff|::$|::(?:ffff:)?[0-9a-f]{1,4}:[0-9a-f]{1,4}$)/;

/** The port that `text` writes in plain decimal (0-65535), or `undefined` for anything else. */
export function parsePort(text: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,4})$/.test(text)) return undefined;
  const port = Number(text);
  return port <= HIGHEST_PORT ? port : undefined;
}

/** `host:port`, with the brackets that an IPv6 literal needs. */
export function formatAddress({ hostname, port }: Address): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** Several addresses in one word, as they are typed for an index that has several servers. */
export function formatAddresses(addresses: readonly Address[]): string {
  return addresses.map(formatAddress).join(",");
}

/** `all` without what names a server again: letters are the same whatever their case. */
export function distinctServers(all: readonly Address[]): Addresses {
  const names = all.map((it) => formatAddress(it).toLowerCase());
  const [first, ...others] = all.filter((_, i) => names.indexOf(names[i]!) === i);
  return [first!, ...others];
}

/** Whether a socket at `ip` is on all addresses of its machine. */
export function isAnyAddress(ip: string): boolean {
  return ip === "0.0.0.0" || ip === "::";
}

/** Whether `ip` never leaves this machine: 127.0.0.0/8, ::1, or the first inside the second. */
export function isLoopback(ip: string): boolean {
  return ip.startsWith("127.") || ip === "::1" || /^::ffff:127\./i.test(ip);
}

/** Whether `ip` is the literal of one single host, as opposed to none, many or a range. */
export function isUnicast(ip: string): boolean {
  if (isIPv4(ip)) {
    const first = Number(ip.split(".")[0]);
    return first !== 0 && first < 224;
  }
  return isIP(ip) === 6 && !ip.includes("%") && !NOT_ONE_V6_HOST.test(canonicalV6(ip));
}

/**
 * Whether both are one place. A socket tells neither the scope of an IPv6 address nor, if it is for
 * both kinds, an IPv4 address as such.
 */
export function isSameAddress(a: Address, b: Address): boolean {
  if (a.port !== b.port) return false;
  // Asked of every message: most are spelled the same.
  return a.hostname === b.hostname ||
    canonicalIp(unscoped(a.hostname)) === canonicalIp(unscoped(b.hostname));
}

/** `ip` without the scope, such as `%eth0`, that tells the link a link-local address is on. */
function unscoped(ip: string): string {
  return ip.replace(/%.*$/s, "");
}

/** The one spelling of `ip` that sockets use. */
export function canonicalIp(ip: string): string {
  return isIP(ip) === 6 && !ip.includes("%")
    ? unmapped(ip.includes(".") ? ip : canonicalV6(ip))
    : ip;
}

/** `ip` without the prefix by which an IPv6 socket names an IPv4 host. */
export function unmapped(ip: string): string {
  if (!ip.startsWith("::")) return ip;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1] ?? ip;
}

/** Whether both are addresses of IPv4, or both of IPv6. */
export function isSameKind(a: string, b: string): boolean {
  return isIPv4(unmapped(a)) === isIPv4(unmapped(b));
}

/**
 * What counts as one host where attempts are counted: of IPv6 a /64, as who has one address of it has
 * them all, and this machine whichever of its loopback addresses it uses.
 */
export function hostKey(ip: string): string {
  if (isLoopback(ip)) return "127.0.0.1";
  const [host = ""] = unmapped(ip).split("%");
  if (isIP(host) !== 6) return host;
  const [head = "", tail] = canonicalV6(host).split("::");
  const groups = groupsIn(head);
  const zeros = tail === undefined ? 0 : 8 - groups.length - groupsIn(tail).length;
  const all = [...groups, ...Array<string>(zeros).fill("0"), ...groupsIn(tail ?? "")];
  return `${all.slice(0, 4).join(":")}::/64`;
}

function groupsIn(part: string): string[] {
  return part === "" ? [] : part.split(":");
}

/** The one spelling that RFC 5952 gives to an IPv6 address, with IPv4 parts in hexadecimal. */
function canonicalV6(ip: string): string {
  return new URL(`http://[${ip}]/`).hostname.slice(1, -1);
}
