/**
 * How OPAQUE (RFC 9807) is used, in the terms of its library. Both sides have to agree on all of it.
 *
 * @module
 */

import type { client } from "@serenity-kit/opaque";
import type { Stretching } from "./sealed_datagram.ts";

type Config = NonNullable<client.FinishLoginParams["keyStretching"]>;

/**
 * `strong` is Argon2id with the second choice of RFC 9106 section 4, 64 MiB and three passes: a
 * third of a second, where the first choice takes 2 GiB, which not every laptop in a class can
 * spare. `light` saves that where stretching protects nothing: the index has that password in clear.
 * A client accepts no third.
 */
export const KEY_STRETCHING: Readonly<Record<Stretching, Config>> = {
  light: { "argon2id-custom": { iterations: 1, memory: 64, parallelism: 1 } },
  strong: "memory-constrained",
};

/** Bytes of the messages by which a password is registered. */
export const REGISTRATION_BYTES = { request: 32, response: 64, record: 192 } as const;

/**
 * The identities that a login and a record are bound to: with equal passwords, a hello of one user
 * must not become a login of another.
 */
export function opaqueIdentifiers(
  user: string,
): { readonly client: string; readonly server: string } {
  return { client: user, server: "BitTrickle 2" };
}
