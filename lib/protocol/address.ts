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

/** Whether `ip` never leaves this machine: 127.0.0.0/8, ::1, or the first inside the second. */
export function isLoopback(ip: string): boolean {
  return ip === "::1" || /^(?:::ffff:)?127\./i.test(ip);
}

/** Whether `ip` is the literal of one single host, as opposed to none, many or a range. */
export function isUnicast(ip: string): boolean {
  if (isIPv4(ip)) {
    const first = Number(ip.split(".")[0]);
    return first !== 0 && first < 224;
  }
  return isIP(ip) === 6 && !ip.startsWith("::ffff:") && ip !== "::" && !/^ff/i.test(ip);
}
