/**
 * Ways in which the address of a client changes, and when they happen.
 *
 * @module
 */

import type { NatRouter } from "../support/nat_router.ts";
import type { NetworkHost } from "../support/namespaces.ts";

/** Something that changes the addresses of clients. */
export interface AddressChange {
  readonly kind: "another address" | "a router forgets" | "another address of a router";
  /** Whose addresses change. */
  readonly users: readonly string[];
  readonly act: () => Promise<void>;
}

/** A change, so long after the one before, in milliseconds. */
export interface PlannedChange {
  readonly change: AddressChange;
  readonly afterMs: number;
}

/** The host of `user` gets another address. */
export function hostMoves(user: string, host: NetworkHost): AddressChange {
  return { kind: "another address", users: [user], act: () => host.move() };
}

/** A router forgets whose connections are whose: `users` come from other ports. */
export function routerForgets(users: readonly string[], router: NatRouter): AddressChange {
  return { kind: "a router forgets", users, act: () => router.forget() };
}

/** A router gets another address, which `users` share. */
export function routerMoves(users: readonly string[], router: NatRouter): AddressChange {
  return { kind: "another address of a router", users, act: () => router.outside.move() };
}

/** Plans `count` changes of `possible` kinds; the same for the same numbers of `random`. */
export function planChanges(
  random: () => number,
  possible: readonly AddressChange[],
  count: number,
  [shortestMs, longestMs]: readonly [number, number],
): PlannedChange[] {
  return Array.from({ length: count }, () => {
    const change = possible[Math.floor(random() * possible.length)]!;
    return { change, afterMs: shortestMs + random() * (longestMs - shortestMs) };
  });
}
