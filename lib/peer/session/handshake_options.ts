/**
 * Who enters an index, and how.
 *
 * @module
 */

import type { Address } from "../../protocol/address.ts";
import type { SealedLogin } from "../../protocol/login_text.ts";
import type { KnownServers } from "./known_servers.ts";
import type { NotEntered } from "./login_outcome.ts";
import type { GuessAllowance } from "./sealed_login.ts";

/** Who logs in, and what goes with it. */
export interface SealedCredentials extends SealedLogin {
  readonly user: string;
  readonly password: string;
}

/** How an index is entered. */
export interface HandshakeOptions {
  /** The servers of the index as they were typed, by which they are known. */
  readonly servers: readonly Address[];
  readonly known: KnownServers;
  /** Waits between sendings, in milliseconds. */
  readonly waits: readonly number[];
  /**
   * Further waits, if the index has asked for a proof of the address and has had no time for a
   * challenge yet. @default none
   */
  readonly crowdedWaits?: readonly number[] | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Whether silence means that the index knows only protocol 1. @default {false} */
  readonly mayBePlain?: boolean | undefined;
  /** Shared by several tries that count as one. @default one of its own */
  readonly allowance?: GuessAllowance | undefined;
  /** Hears why a login at one server came to nothing, also if another one lets the user in. */
  readonly onFailure?: ((failure: NotEntered, server: Address) => void) | undefined;
}
