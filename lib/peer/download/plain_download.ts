/**
 * Fetching a file over protocol 1: connect, send the bare name, read until the peer closes.
 *
 * @module
 */

import { BitTrickleError } from "../../errors.ts";
import { Connection } from "../../net/connection.ts";
import type { TransferLimits } from "../../net/rate_limit.ts";
import { watchRate } from "../../net/watch_rate.ts";
import { type Address, formatAddress } from "../../protocol/address.ts";
import { QUEUE_PATIENCE_MS } from "../../protocol/download_limits.ts";
import { COPY_BYTES, SLOWEST_RATE, STALL_MS } from "../../protocol/limits.ts";
import { RefusalDetector } from "../../protocol/plain_transfer.ts";
import { PartFile } from "./part_file.ts";
import type { Target } from "./target.ts";
import type { DownloadPhase, OnDownload } from "./transfer_state.ts";

/** How a plain download goes. */
export interface PlainDownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears how far it is. */
  readonly onProgress?: OnDownload | undefined;
  /** How many bytes the file must have, where the index knows. */
  readonly size?: number | undefined;
  /** Whether a file that has the target's name is replaced. @default {false} */
  readonly force?: boolean | undefined;
  /**
   * How long the peer may send nothing, in milliseconds.
   *
   * @default {10_000}
   */
  readonly stallMs?: number | undefined;
  /**
   * Within which time as much has to come as at {@linkcode SLOWEST_RATE}, in milliseconds: a source
   * may be busy with others for as long, which it shows by a byte now and then.
   *
   * @default {300_000}
   */
  readonly queueMs?: number | undefined;
  /** Shared with other transfers. @default none */
  readonly limits?: TransferLimits | undefined;
}

/**
 * Downloads `name` from `source` and returns its size in bytes. Until it is complete it is in the
 * part file of `target`; after a failure nothing is left of it.
 *
 * @throws {BitTrickleError} `network`, `timeout` or `not_found` when another source may do better,
 * `exists`, `disk` or `interrupted` when it would not
 */
export async function downloadPlain(
  name: string,
  source: Address,
  target: Target,
  options: PlainDownloadOptions = {},
): Promise<number> {
  target.makeFolders();
  await using part = await PartFile.create(target);
  try {
    const size = await receive(name, source, part, options);
    tell(options, "finishing", size);
    await part.finish(options.force);
    return size;
  } catch (error) {
    throw error instanceof BitTrickleError && isTheirs(error)
      ? new BitTrickleError(error.code, `${formatAddress(source)}: ${error.message}`)
      : error;
  }
}

/** Whether `error` is the source's or the network's fault, so that a new try makes sense. */
export function isTheirs({ code }: BitTrickleError): boolean {
  return code === "network" || code === "timeout" || code === "not_found";
}

async function receive(
  name: string,
  source: Address,
  part: PartFile,
  options: PlainDownloadOptions,
): Promise<number> {
  const { signal, size: expected, stallMs = STALL_MS, limits } = options;
  const { queueMs: withinMs = QUEUE_PATIENCE_MS } = options;
  tell(options, "connecting", 0);
  using connection = await Connection.open(source, { stallMs, signal, limits });
  using _ = watchRate(connection, { withinMs, bytes: SLOWEST_RATE * withinMs / 1_000 });
  await connection.write(new TextEncoder().encode(name));
  const buffer = new Uint8Array(COPY_BYTES);
  const refusal = new RefusalDetector();
  let size = 0;
  for (let n = await connection.read(buffer); n !== null; n = await connection.read(buffer)) {
    const bytes = buffer.subarray(0, n);
    refusal.push(bytes);
    size += n;
    if (expected !== undefined && size > expected) throw wrongSize("more than", expected);
    await part.write(bytes);
    tell(options, "downloading", size);
  }
  if (refusal.isRefusal) throw new BitTrickleError("not_found", "the peer does not serve it");
  // Protocol 1 does not tell a connection that was cut from the end of the file.
  if (expected !== undefined && size < expected) throw wrongSize(`only ${size} of`, expected);
  return size;
}

function tell(
  { onProgress, size: total }: PlainDownloadOptions,
  phase: DownloadPhase,
  bytes: number,
): void {
  const sources = phase === "downloading" ? 1 : 0;
  onProgress?.({ phase, bytes, total: phase === "finishing" ? bytes : total, kept: 0, sources });
}

function wrongSize(came: string, expected: number): BitTrickleError {
  const reason = "it was cut off, or the file has changed since it was published";
  return new BitTrickleError("network", `${came} ${expected} bytes came: ${reason}`);
}
