/**
 * How a command goes.
 *
 * @module
 */

import type { PeerGetOptions } from "../peer/peer_options.ts";
import type { ByteRange } from "../protocol/byte_range.ts";

/** The options of all commands; each heeds those that it knows. */
export interface CommandOptions extends PeerGetOptions {
  /** Whether what is withdrawn is withdrawn from all devices of the user. @default {false} */
  readonly everywhere?: boolean | undefined;
  /** Whether a person wants to see all that is known. @default {false} */
  readonly long?: boolean | undefined;
  /** Whether a program reads the outcome: it is told all that is known. @default {false} */
  readonly json?: boolean | undefined;
  /** Which part of a file. @default all */
  readonly range?: ByteRange | undefined;
}
