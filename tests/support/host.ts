/**
 * The address of this machine over which programs of the tests talk: `BITTRICKLE_TEST_HOST=::1` lets
 * them all do so over IPv6.
 *
 * @module
 */

import { type Address, formatAddress } from "../../lib/protocol/address.ts";
import { may } from "./permission.ts";

const IPV4 = "127.0.0.1";

/** An address of loopback. */
export const TEST_HOST: string = may("env") && Deno.env.get("BITTRICKLE_TEST_HOST") || IPV4;

/** Lets the system choose a port. */
export const ANY_PORT: Address = { hostname: TEST_HOST, port: 0 };

/** Address `i` of loopback, from 1 to 254, where it has several: in IPv6 it has one. */
export function otherHost(i: number): string {
  return TEST_HOST === IPV4 ? `127.0.0.${i}` : TEST_HOST;
}

/** A port of this machine as messages tell it. */
export function hostAndPort(port: number): string {
  return formatAddress({ hostname: TEST_HOST, port });
}

/** What is typed for an index of this machine. */
export function typedIndex(port: number): string {
  return TEST_HOST === IPV4 ? String(port) : hostAndPort(port);
}
