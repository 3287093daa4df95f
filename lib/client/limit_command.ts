/**
 * `limit`: how much bandwidth all transfers of this client take.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import type { TransferLimits } from "../net/rate_limit.ts";
import type { Peer } from "../peer/peer.ts";
import { parseByteSize } from "../protocol/byte_size.ts";
import { escapeText } from "../protocol/escape.ts";
import { formatBytes } from "../protocol/format_bytes.ts";
import type { Outcome } from "./outcome.ts";

/**
 * The lowest limit of bandwidth, in bytes per second: with all the connections of a download each
 * still has twice `SLOWEST_RATE`, so that nobody takes a limit for a dead peer.
 */
const LOWEST_LIMIT = 32_000;

/** Changes a limit, if `args` say so, and tells both. */
export function runLimit({ limits }: Peer, args: readonly string[]): Promise<Outcome> {
  const [direction, text] = args;
  if (direction !== undefined) setLimit(limits, direction, text);
  const up = limits.up.bytesPerSecond;
  const down = limits.down.bytesPerSecond;
  const lines = [`Limits: up ${formatLimit(up)}, down ${formatLimit(down)}`];
  return Promise.resolve({ lines, fields: { up: fieldOf(up), down: fieldOf(down) } });
}

/**
 * The bytes per second that `text` means: `5M`, `500k`, `1.5MB`, or `off` for `Infinity`.
 *
 * @throws {BitTrickleError} `usage`
 */
export function parseLimit(text: string): number {
  if (text === "off") return Infinity;
  const bytes = parseByteSize(/[kmgt]$/i.test(text) ? `${text}B` : text);
  if (bytes !== undefined && bytes >= LOWEST_LIMIT) return bytes;
  const least = `${LOWEST_LIMIT / 1_000}k`;
  throw usage(
    `a limit is at least ${least} bytes per second, as 500k or 5M, or off, not "${
      escapeText(text)
    }"`,
  );
}

function setLimit(limits: TransferLimits, direction: string, text: string | undefined): void {
  if (direction !== "up" && direction !== "down" || text === undefined) {
    throw usage("limit takes a direction and a rate: limit up 5M, limit down off");
  }
  limits[direction].bytesPerSecond = parseLimit(text);
}

function formatLimit(bytesPerSecond: number): string {
  return bytesPerSecond === Infinity ? "off" : `${formatBytes(bytesPerSecond)}/s`;
}

/** JSON knows no infinity. */
function fieldOf(bytesPerSecond: number): number | null {
  return bytesPerSecond === Infinity ? null : bytesPerSecond;
}

function usage(reason: string): BitTrickleError {
  return new BitTrickleError("usage", reason);
}
