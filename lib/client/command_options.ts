/**
 * How a command goes.
 *
 * @module
 */

import type { OnDownload } from "../peer/download/transfer_state.ts";
import type { PeerGetOptions } from "../peer/peer_options.ts";
import type { JobTable } from "./job.ts";
import type { SharePatterns } from "../peer/share/ignore_rules.ts";
import type { ByteRange } from "../protocol/byte_range.ts";
import type { ListKey } from "./list_order.ts";
import type { TransferState } from "./transfer_state.ts";

/** Why some commands make no sense where there is no shell. */
export const NO_JOBS = "jobs, wait and cancel are for the shell, where commands end in &";

/** The options of all commands; each heeds those that it knows. */
export interface CommandOptions extends Omit<PeerGetOptions, "onProgress">, SharePatterns {
  /** Whether what is withdrawn is withdrawn from all devices of the user. @default {false} */
  readonly everywhere?: boolean | undefined;
  /** Whether a person wants to see all that is known. @default {false} */
  readonly long?: boolean | undefined;
  /** What to search for, and get: see {@linkcode getMatch}. @default what is named */
  readonly match?: string | undefined;
  /** Whether nobody is to be asked. @default {false} */
  readonly yes?: boolean | undefined;
  /** Asks whoever is at the terminal; `undefined` if nobody can be asked. */
  readonly confirm?: ((question: string) => Promise<boolean | undefined>) | undefined;
  /** How many items of a list are shown. @default all */
  readonly limit?: number | undefined;
  /** What a list is sorted by. @default as it came */
  readonly sort?: ListKey | undefined;
  /** How wide the terminal is that shows the outcome. @default there is none */
  readonly columns?: number | undefined;
  /** Whether a program reads the outcome: it is told all that is known. @default {false} */
  readonly json?: boolean | undefined;
  /** Which part of a file. @default all */
  readonly range?: ByteRange | undefined;
  /** What runs in the background of the shell in which the command runs. */
  readonly jobs?: JobTable | undefined;
  /** Whether changes of what is shared are published. @default {false} */
  readonly watch?: boolean | undefined;
  /** The same without the help of the system. @default {false} */
  readonly poll?: boolean | undefined;
  /** Tells people, and programs as an object of a type, what has happened meanwhile. */
  readonly onHappening?: OnHappening | undefined;
  /** Hears how far each of the names is. */
  readonly onTransfer?: OnTransfer | undefined;
}

/** Takes in what has happened: a line for people, and the type and the fields of an object. */
export type OnHappening = (
  line: string,
  type: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

/** Hears how far the file or folder called `name` is. */
export type OnTransfer = (name: string, state: TransferState) => void;

/** How {@linkcode CommandOptions} tell of one of `names`. */
export function transferOf(
  name: string,
  names: readonly string[],
  { onTransfer }: CommandOptions,
): (state: TransferState) => void {
  const several = names.length > 1 ? { done: names.indexOf(name), all: names.length } : undefined;
  return (state) => onTransfer?.(name, { ...state, files: state.files ?? several });
}

/** What to hand down to get `name`, one of `names`. */
export function optionsFor(
  name: string,
  names: readonly string[],
  { onTransfer, ...options }: CommandOptions,
): Omit<CommandOptions, "onTransfer"> & { readonly onProgress?: OnDownload } {
  if (!onTransfer) return options;
  return { ...options, onProgress: transferOf(name, names, { onTransfer }) };
}
