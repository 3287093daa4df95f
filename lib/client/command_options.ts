/**
 * How a command goes.
 *
 * @module
 */

import type { PeerGetOptions } from "../peer/peer_options.ts";
import type { ByteRange } from "../protocol/byte_range.ts";

/** The options of all commands; each heeds those that it knows. */
export interface CommandOptions extends PeerGetOptions {
  /** Which part of a file. @default all */
  readonly range?: ByteRange | undefined;
}
