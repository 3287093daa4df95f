/**
 * The users of every test, and where they are.
 *
 * @module
 */

import type { Address } from "../../lib/protocol/address.ts";

/** Their names, each with the password `pw-<user>`. */
export const USERS = ["hans", "vader", "yoda", "chewy"] as const;

/** The text of their credentials file. */
export const CREDENTIALS: string = credentialsOf(USERS);

/** The program of each user on the machine of the index. */
export const HANS: Address = { hostname: "127.0.0.1", port: 40_001 };
export const VADER: Address = { hostname: "127.0.0.1", port: 40_002 };
export const YODA: Address = { hostname: "127.0.0.1", port: 40_003 };
/** A program on another machine. */
export const LAN: Address = { hostname: "192.168.1.7", port: 40_004 };

/** The text of a credentials file in which each of `users` has the password `pw-<user>`. */
export function credentialsOf(users: readonly string[]): string {
  return users.map((user) => `${user} pw-${user}\n`).join("");
}

/** Where nobody serves anything. */
export const PORTS = { plain: 6_000, tls: 6_001 };
