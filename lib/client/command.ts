/**
 * What a command of the client is.
 *
 * @module
 */

import type { Peer } from "../peer/peer.ts";
import type { Purpose } from "../peer/peer_options.ts";
import type { CommandOptions } from "./command_options.ts";
import type { CommandFlags } from "./invocation.ts";
import type { Outcome } from "./outcome.ts";

/** Where a command was given. */
export interface CommandPlace {
  /** Whether results are JSON objects. */
  readonly json: boolean;
  readonly isShell: boolean;
}

/** A command and what it takes. */
export interface Command {
  /** The name of what it takes, if it takes anything. */
  readonly argument?: string;
  /** How many it needs at least. @default {1} */
  readonly least?: number;
  /** How many it takes at most. @default {Infinity} */
  readonly most?: number;
  /** The flags it takes. @default none */
  readonly flags?: readonly (keyof CommandFlags)[];
  readonly summary: string;
  /** What a client is for that runs only this. @default {"ask"} */
  readonly purpose?: Purpose;
  /** Whether the original has it: only those are named to newcomers, in the original's words. */
  readonly isOriginal?: false;
  /** Whether it may go on while others run, because it can take long. @default {false} */
  readonly mayBeJob?: true;
  /** Whether it writes to standard output by itself. @default {false} */
  readonly ownsOutput?: true;
  /** What is left to do for a client that ran only this, if anything. */
  readonly adviceAfter?: (
    peer: Peer,
    outcome: Outcome,
    options: CommandOptions,
  ) => Promise<string | undefined>;
  /** Why it does not go in a place, if it does not. @default it does */
  readonly fault?: (place: CommandPlace) => string | undefined;
  run(peer: Peer, args: readonly string[], options: CommandOptions): Promise<Outcome>;
}
