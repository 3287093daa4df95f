/**
 * `limit`: how much bandwidth all transfers of this client take.
 *
 * @module
 */

import { BitTrickleError } from "../errors.ts";
import type { TransferLimits } from "../net/rate_limit.ts";
import type { Peer } from "../peer/peer.ts";
import { formatBytes } from "../protocol/format_bytes.ts";
import type { Outcome } from "./outcome.ts";
import { readLimit } from "./settings/values.ts";

/** Changes a limit, if `args` say so, and tells both. */
export function runLimit({ limits }: Peer, args: readonly string[]): Promise<Outcome> {
  const [direction, text] = args;
  if (direction !== undefined) setLimit(limits, direction, text);
  const up = limits.up.bytesPerSecond;
  const down = limits.down.bytesPerSecond;
  const lines = [`Limits: up ${formatLimit(up)}, down ${formatLimit(down)}`];
  return Promise.resolve({ lines, fields: { up: fieldOf(up), down: fieldOf(down) } });
}

function setLimit(limits: TransferLimits, direction: string, text: string | undefined): void {
  if (direction !== "up" && direction !== "down" || text === undefined) {
    throw usage("limit takes a direction and a rate: limit up 5M, limit down off");
  }
  limits[direction].bytesPerSecond = limitIn(text);
}

function limitIn(text: string): number {
  const reading = readLimit(text);
  if ("value" in reading) return reading.value;
  throw usage(`a limit ${reading.fault}`);
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
